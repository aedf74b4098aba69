using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>A passkey as its member sees it.</summary>
internal sealed record PasskeyInfo(string Id, string Name, bool IsBackedUp, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>The passkeys of members.</summary>
internal sealed class PasskeyStore(GatewayDatabase database, AccountChanges changes, SessionStore sessions, AuditTrail audit, TimeProvider clock)
{
    private const int MaxPerMember = 20;
    private const int MaxTransports = 8;
    private const int MaxTransportLength = 16;

    private static readonly Error s_missing = new(ErrorCode.PasskeyNotFound, "No such passkey.");

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<PasskeyInfo>> ListAsync(MemberInfo member, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync((context, token) => context.Passkeys.Where(row => row.MemberId == member.Id).OrderBy(static row => row.CreatedAt).ToListAsync(token), cancellationToken)).Select(InfoOf)];

    public Task<Outcome<PasskeyInfo>> AddAsync(MemberInfo member, string? name, UserPasskeyInfo passkey, string requestId, CancellationToken cancellationToken) =>
        MemberStore.NameProblem(name ?? "") is { } problem ? Task.FromResult<Outcome<PasskeyInfo>>(problem) : changes.ApplyAsync<PasskeyInfo>(
            member.AccountId,
            async (context, token) =>
            {
                if (await context.Passkeys.AnyAsync(row => row.CredentialId == passkey.CredentialId, token))
                {
                    return new Error(ErrorCode.InvalidInput, "This passkey is known already.", "credential");
                }

                if (await context.Passkeys.CountAsync(row => row.MemberId == member.Id, token) >= MaxPerMember)
                {
                    return new Error(ErrorCode.InvalidInput, $"A member has at most {MaxPerMember} passkeys. Remove one.");
                }

                var row = new Passkey
                {
                    Id = Ids.New(Ids.Passkey),
                    MemberId = member.Id,
                    CredentialId = passkey.CredentialId,
                    PublicKey = passkey.PublicKey,
                    Name = name!.Trim(),
                    SignCount = passkey.SignCount,
                    Transports = TransportsOf(passkey),
                    IsUserVerified = passkey.IsUserVerified,
                    IsBackupEligible = passkey.IsBackupEligible,
                    IsBackedUp = passkey.IsBackedUp,
                    CreatedAt = clock.GetUtcNow(),
                };
                context.Passkeys.Add(row);
                await audit.AppendAsync(context, new AuditEvent("member.passkey_added", member.AccountId, member.Id, row.Id, requestId), token);
                return InfoOf(row);
            },
            cancellationToken);

    public Task<Outcome<PasskeyInfo>> RenameAsync(MemberInfo member, string id, string? name, string requestId, CancellationToken cancellationToken) =>
        MemberStore.NameProblem(name ?? "") is { } problem ? Task.FromResult<Outcome<PasskeyInfo>>(problem) : ChangeAsync<PasskeyInfo>(member, id, async (context, _, row, token) =>
        {
            row.Name = name!.Trim();
            await audit.AppendAsync(context, new AuditEvent("member.passkey_renamed", member.AccountId, member.Id, id, requestId), token);
            return InfoOf(row);
        }, cancellationToken);

    /// <summary>All sessions end; the browser that did it gets a new one. The last way to sign in stays.</summary>
    public Task<Outcome<NewSession>> RemoveAsync(SignedIn signedIn, string id, string requestId, CancellationToken cancellationToken) => ChangeAsync<NewSession>(signedIn.Member, id, async (context, member, row, token) =>
    {
        if (member is { PasswordHash: null, ExternalSubject: null } && !await context.Passkeys.AnyAsync(other => other.MemberId == member.Id && other.Id != id, token))
        {
            return new Error(ErrorCode.LastCredential, "This is the only way in that is left. Set a password or add another passkey first.");
        }

        context.Passkeys.Remove(row);
        await audit.AppendAsync(context, new AuditEvent("member.passkey_removed", member.AccountId, member.Id, id, requestId), token);
        return await sessions.RenewAsync(context, member, signedIn.Methods, token);
    }, cancellationToken);

    private Task<Outcome<T>> ChangeAsync<T>(MemberInfo member, string id, Func<GatewayDbContext, Member, Passkey, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancellationToken) => changes.ApplyAsync<T>(
        member.AccountId,
        async (context, token) => await context.Passkeys.FirstOrDefaultAsync(row => row.Id == id && row.MemberId == member.Id, token) is { } row
            ? await change(context, await context.Members.SingleAsync(owner => owner.Id == member.Id, token), row, token)
            : s_missing,
        cancellationToken);

    // Hints that the browser gave, for it to get back: words such as usb and internal.
    private static string? TransportsOf(UserPasskeyInfo passkey)
    {
        var words = (passkey.Transports ?? []).Where(static word => word is { Length: > 0 and <= MaxTransportLength } && word.All(static character => char.IsAsciiLetterLower(character) || character == '-')).Take(MaxTransports).ToArray();
        return words.Length == 0 ? null : string.Join(' ', words);
    }

    private static PasskeyInfo InfoOf(Passkey row) => new(row.Id, row.Name, row.IsBackedUp, row.CreatedAt, row.LastUsedAt);
}
