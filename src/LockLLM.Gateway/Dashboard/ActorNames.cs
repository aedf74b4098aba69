using System.Collections.Frozen;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Dashboard;

/// <summary>What people call the members and keys that the audit trail knows by their ids.</summary>
internal sealed class ActorNames(MemberStore members, AccountSnapshots snapshots)
{
    public static readonly Known Nobody = new(FrozenDictionary<string, string>.Empty);

    public async Task<Known> ReadAsync(string accountId, CancellationToken cancellationToken)
    {
        var account = snapshots.Find(accountId);
        var names = (await members.ListAsync(accountId, cancellationToken)).Select(static member => KeyValuePair.Create(member.Id, member.Name))
            .Concat((account?.ApiKeys ?? []).Select(static key => KeyValuePair.Create(key.Id, key.Name)))
            .Concat((account?.ProviderKeys ?? []).Select(static key => KeyValuePair.Create(key.Id, key.Nickname.Length > 0 ? $"{key.Provider} · {key.Nickname}" : key.Provider)));
        return new Known(names.ToFrozenDictionary(StringComparer.Ordinal));
    }

    internal sealed record Known(FrozenDictionary<string, string> Names)
    {
        /// <summary>The id itself, where nobody of that id is left.</summary>
        public string Of(string id) => Names.GetValueOrDefault(id, id);
    }
}
