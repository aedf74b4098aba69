using System.Collections.Frozen;

namespace LockLLM.Gateway.Accounts;

/// <summary>The accounts in memory. Requests read here and nowhere else; a reader sees all of a change or nothing of it.</summary>
internal sealed class AccountSnapshots
{
    private volatile State _state = new(
        -1, FrozenDictionary<string, AccountSnapshot>.Empty, FrozenDictionary<KeyVerifier, KnownKey>.Empty);

    private volatile bool _isCurrent;

    /// <summary>Revision of the installation that these follow; below zero before the first load.</summary>
    public long Revision => _state.Revision;

    /// <summary>False while the database does not answer: what is here holds, what is missing here may exist.</summary>
    public bool IsCurrent => _isCurrent;

    public IEnumerable<AccountSnapshot> All => _state.Accounts.Values;

    public AccountSnapshot? Find(string accountId) => _state.Accounts.GetValueOrDefault(accountId);

    public KnownKey? Find(in KeyVerifier verifier) => _state.Keys.GetValueOrDefault(verifier);

    /// <summary>Called by one thread at a time.</summary>
    public void Replace(long revision, IReadOnlyDictionary<string, AccountSnapshot> accounts) => _state = new State(
        revision,
        accounts.ToFrozenDictionary(StringComparer.Ordinal),
        accounts.Values.SelectMany(static account => account.ApiKeys.Select(key => new KnownKey(key, account))).ToFrozenDictionary(static known => known.Key.Verifier));

    public IReadOnlyDictionary<string, AccountSnapshot> ByAccount => _state.Accounts;

    /// <summary>Days that records are kept, of the accounts that have a figure of their own.</summary>
    public IReadOnlyDictionary<string, int> RetentionDays() => All.Where(static account => account.Settings.RetentionDays is not null)
        .ToDictionary(static account => account.AccountId, static account => account.Settings.RetentionDays!.Value, StringComparer.Ordinal);

    public void Report(bool isCurrent) => _isCurrent = isCurrent;

    private sealed record State(long Revision, FrozenDictionary<string, AccountSnapshot> Accounts, FrozenDictionary<KeyVerifier, KnownKey> Keys);
}
