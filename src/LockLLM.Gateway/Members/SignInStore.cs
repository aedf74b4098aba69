using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>
/// Signing in and confirming. An attempt is counted before the password is looked at, so that many at once cannot get ahead
/// of the lock; a success takes the count back to none.
/// </summary>
internal sealed class SignInStore(
    GatewayDatabase database, SessionStore sessions, Passwords passwords, SecretProtector protector, AuditTrail audit, MembersOptions options, TimeProvider clock)
{
    public async Task<Outcome<NewSession>> SignInAsync(string email, string password, string? code, string requestId, CancellationToken cancellationToken)
    {
        var normalized = EmailAddress.Normalize(email);
        var member = await database.ReadAsync((context, token) => context.Members.FirstOrDefaultAsync(row => row.NormalizedEmail == normalized, token), cancellationToken);
        return await AttemptAsync(member, password, code, requestId, cancellationToken) is { Error: { } error } ? error : await database.ChangeAsync<NewSession>(
            async (context, token) =>
            {
                var row = await PassAsync(context, member!, token);
                if (row is null)
                {
                    return MemberErrors.NotSignedIn;
                }

                row.LastSignedInAt = clock.GetUtcNow();
                var begun = await sessions.BeginAsync(context, row, row.TotpEnabledAt is null ? "password" : "password totp", token);
                await audit.AppendAsync(context, new AuditEvent("member.signed_in", row.AccountId, row.Id, begun.SignedIn.SessionId, requestId, begun.SignedIn.Methods), token);
                return begun;
            },
            cancellationToken);
    }

    /// <summary>The password again, before secrets are made or changed.</summary>
    public async Task<Outcome<DateTimeOffset>> ConfirmAsync(SignedIn signedIn, string password, string? code, string requestId, CancellationToken cancellationToken)
    {
        var member = await database.ReadAsync((context, token) => context.Members.FirstOrDefaultAsync(row => row.Id == signedIn.Member.Id, token), cancellationToken);
        return await AttemptAsync(member, password, code, requestId, cancellationToken) is { Error: { } error } ? error : await database.ChangeAsync<DateTimeOffset>(
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                if (await PassAsync(context, member!, token) is not { } row
                    || await context.Sessions.Where(session => session.Id == signedIn.SessionId).ExecuteUpdateAsync(update => update.SetProperty(static session => session.AuthenticatedAt, now), token) == 0)
                {
                    return MemberErrors.NotSignedIn;
                }

                await audit.AppendAsync(context, new AuditEvent("member.confirmed", row.AccountId, row.Id, signedIn.SessionId, requestId), token);
                return now;
            },
            cancellationToken);
    }

    private async Task<Outcome<bool>> AttemptAsync(Member? member, string password, string? code, string requestId, CancellationToken cancellationToken)
    {
        var mayTry = member is { IsEnabled: true, PasswordHash: not null } && await CountAsync(member, requestId, cancellationToken);
        // Also where it cannot be right, so that each refusal takes as long.
        if (!await passwords.VerifyAsync(mayTry ? member!.PasswordHash : null, password, cancellationToken))
        {
            return mayTry ? await FailAsync(member!, requestId, cancellationToken) : MemberErrors.NotSignedIn;
        }

        if (member!.TotpEnabledAt is null)
        {
            return true;
        }

        if (string.IsNullOrWhiteSpace(code))
        {
            return MemberErrors.CodeRequired;
        }

        return await UseCodeAsync(member, code.Trim(), requestId, cancellationToken) ? true : await FailAsync(member, requestId, cancellationToken);
    }

    // False while the member is locked.
    private async Task<bool> CountAsync(Member member, string requestId, CancellationToken cancellationToken)
    {
        var counted = await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                // First, since it makes other attempts wait until this one is counted.
                await context.Members.Where(row => row.Id == member.Id).ExecuteUpdateAsync(static row => row.SetProperty(static entity => entity.FailedSignIns, static entity => entity.FailedSignIns + 1), token);
                var row = await context.Members.FirstOrDefaultAsync(entity => entity.Id == member.Id, token);
                if (row is null || row.LockedUntil > now)
                {
                    return MemberErrors.NotSignedIn;
                }

                if (row.FailedSignIns <= options.MaxFailedSignIns)
                {
                    return true;
                }

                (row.LockedUntil, row.FailedSignIns) = (now + options.Lockout, 0);
                await audit.AppendAsync(context, new AuditEvent("member.locked", row.AccountId, AuditEvent.SystemActor, row.Id, requestId), token);
                return false;
            },
            cancellationToken);
        return counted.Error is null && counted.Value;
    }

    private async Task<Error> FailAsync(Member member, string requestId, CancellationToken cancellationToken)
    {
        await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                await audit.AppendAsync(context, new AuditEvent("member.sign_in_failed", member.AccountId, AuditEvent.SystemActor, member.Id, requestId), token);
                return true;
            },
            cancellationToken);
        return MemberErrors.NotSignedIn;
    }

    // Null when the credentials were changed since they were looked at.
    private static async Task<Member?> PassAsync(GatewayDbContext context, Member member, CancellationToken cancellationToken)
    {
        var row = await context.Members.FirstOrDefaultAsync(entity => entity.Id == member.Id && entity.SecurityStamp == member.SecurityStamp && entity.IsEnabled, cancellationToken);
        if (row is not null)
        {
            (row.FailedSignIns, row.LockedUntil) = (0, null);
        }

        return row;
    }

    private async Task<bool> UseCodeAsync(Member member, string code, string requestId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (TotpStore.Open(protector, member) is { } secret && Totp.Match(secret, code, now) is { } step)
        {
            var used = await database.ChangeAsync<int>(
                async (context, token) => await context.Members.Where(row => row.Id == member.Id && (row.TotpLastStep == null || row.TotpLastStep < step))
                    .ExecuteUpdateAsync(row => row.SetProperty(static entity => entity.TotpLastStep, step), token),
                cancellationToken);
            return used.Value == 1;
        }

        var hash = Secrets.HashOfRecoveryCode(member.Id, code);
        var recovered = await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                if (await context.RecoveryCodes.Where(row => row.MemberId == member.Id && row.CodeHash == hash && row.UsedAt == null)
                        .ExecuteUpdateAsync(row => row.SetProperty(static entity => entity.UsedAt, now), token) == 0)
                {
                    return MemberErrors.WrongCode;
                }

                await audit.AppendAsync(context, new AuditEvent("member.recovery_code_used", member.AccountId, member.Id, member.Id, requestId), token);
                return true;
            },
            cancellationToken);
        return recovered.Error is null;
    }
}
