using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>A second factor just set up: the codes are shown this once.</summary>
internal sealed record RecoverySet(NewSession Session, IReadOnlyList<string> Codes)
{
    /// <summary>Tells the session's id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Session.SignedIn.SessionId;
}

/// <summary>The second factor of members: an authenticator app, and codes for the day it is lost.</summary>
internal sealed class TotpStore(AccountChanges changes, SessionStore sessions, SecretProtector protector, AuditTrail audit, TimeProvider clock)
{
    private const int CodeCount = 10;

    private static readonly Error s_isOn = new(ErrorCode.AlreadyEnabled, "The second factor is on already. Switch it off first.");
    private static readonly Error s_isOff = new(ErrorCode.InvalidInput, "The second factor is not being set up. Ask for a secret first.");

    /// <summary>The secret of a member, null where there is none or it does not open.</summary>
    public static byte[]? Open(SecretProtector protector, Member member) => member.TotpSecret is { } secret ? protector.Open(secret, PlaceOf(member)) : null;

    /// <summary>A secret for the app. It counts once a code of it was given.</summary>
    public Task<Outcome<byte[]>> BeginAsync(MemberInfo member, string requestId, CancellationToken cancellationToken) => ChangeAsync<byte[]>(
        member,
        async (context, row, token) =>
        {
            if (row.TotpEnabledAt is not null)
            {
                return s_isOn;
            }

            var secret = Totp.NewSecret();
            (row.TotpSecret, row.TotpLastStep) = (protector.Seal(secret, PlaceOf(row)), null);
            await audit.AppendAsync(context, new AuditEvent("member.totp_begun", row.AccountId, row.Id, row.Id, requestId), token);
            return secret;
        },
        cancellationToken);

    public Task<Outcome<RecoverySet>> EnableAsync(MemberInfo member, string code, string requestId, CancellationToken cancellationToken) => ChangeAsync<RecoverySet>(
        member,
        async (context, row, token) =>
        {
            if (row.TotpEnabledAt is not null)
            {
                return s_isOn;
            }

            if (Open(protector, row) is not { } secret)
            {
                return s_isOff;
            }

            if (Totp.Match(secret, code.Trim(), clock.GetUtcNow()) is not { } step)
            {
                return MemberErrors.WrongCode;
            }

            (row.TotpEnabledAt, row.TotpLastStep) = (clock.GetUtcNow(), step);
            var codes = await NewCodesAsync(context, row, token);
            await audit.AppendAsync(context, new AuditEvent("member.totp_enabled", row.AccountId, row.Id, row.Id, requestId), token);
            return new RecoverySet(await sessions.RenewAsync(context, row, "password totp", token), codes);
        },
        cancellationToken);

    /// <summary>New recovery codes; the former ones no longer count.</summary>
    public Task<Outcome<IReadOnlyList<string>>> RenewCodesAsync(MemberInfo member, string requestId, CancellationToken cancellationToken) => ChangeAsync<IReadOnlyList<string>>(
        member,
        async (context, row, token) =>
        {
            if (row.TotpEnabledAt is null)
            {
                return s_isOff;
            }

            await audit.AppendAsync(context, new AuditEvent("member.recovery_codes_renewed", row.AccountId, row.Id, row.Id, requestId), token);
            return await NewCodesAsync(context, row, token);
        },
        cancellationToken);

    public Task<Outcome<NewSession>> DisableAsync(MemberInfo member, string requestId, CancellationToken cancellationToken) => ChangeAsync<NewSession>(
        member,
        async (context, row, token) =>
        {
            (row.TotpSecret, row.TotpEnabledAt, row.TotpLastStep) = (null, null, null);
            await context.RecoveryCodes.Where(code => code.MemberId == row.Id).ExecuteDeleteAsync(token);
            await audit.AppendAsync(context, new AuditEvent("member.totp_disabled", row.AccountId, row.Id, row.Id, requestId), token);
            return await sessions.RenewAsync(context, row, "password", token);
        },
        cancellationToken);

    private static SecretPlace PlaceOf(Member member) => new("members", member.Id, member.AccountId, "totp_secret");

    // By way of the account's changes, which see to it that nothing is sealed under a master key that is being replaced.
    private Task<Outcome<T>> ChangeAsync<T>(MemberInfo member, Func<GatewayDbContext, Member, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancellationToken) => changes.ApplyAsync<T>(
        member.AccountId,
        async (context, token) => await context.Members.FirstOrDefaultAsync(row => row.Id == member.Id, token) is { } row ? await change(context, row, token) : MemberErrors.NoMember,
        cancellationToken);

    private async Task<string[]> NewCodesAsync(GatewayDbContext context, Member member, CancellationToken cancellationToken)
    {
        await context.RecoveryCodes.Where(code => code.MemberId == member.Id).ExecuteDeleteAsync(cancellationToken);
        var codes = Enumerable.Range(0, CodeCount).Select(static _ => Secrets.NewRecoveryCode()).ToArray();
        context.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode
        {
            Id = Ids.New(Ids.RecoveryCode),
            MemberId = member.Id,
            CodeHash = Secrets.HashOfRecoveryCode(member.Id, code),
            CreatedAt = clock.GetUtcNow(),
        }));
        return codes;
    }
}
