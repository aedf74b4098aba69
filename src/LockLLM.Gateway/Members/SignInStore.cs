using System.Buffers.Text;
using System.Text.Json;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members.OpenIdConnect;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>
/// Signing in and confirming. An attempt is counted before the password is looked at, so that many at once cannot get ahead
/// of the lock; a success takes the count back to none.
/// </summary>
internal sealed class SignInStore(
    GatewayDatabase database, SessionStore sessions, Passwords passwords, PasskeyCeremony passkeys, ChallengeStore challenges, SecretProtector protector, AuditTrail audit, MembersOptions options,
    OpenIdConnectSettings external, TimeProvider clock)
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

                return await sessions.SignInAsync(context, row, row.TotpEnabledAt is null ? "password" : "password totp", requestId, token);
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

    /// <summary>By what a browser answered to a challenge. No code is asked for: the authenticator has verified its user.</summary>
    public async Task<Outcome<NewSession>> SignInByPasskeyAsync(string challenge, JsonElement credential, HttpContext http)
    {
        var (member, passkey) = await AttemptAsync(challenge, credential, null, http);
        return passkey is null ? MemberErrors.PasskeyRefused : await database.ChangeAsync<NewSession>(
            async (context, token) =>
            {
                if (await PassAsync(context, member!, token) is not { } row || !await UseAsync(context, passkey, token))
                {
                    return MemberErrors.PasskeyRefused;
                }

                return await sessions.SignInAsync(context, row, "passkey", http.TraceIdentifier, token);
            },
            http.RequestAborted);
    }

    /// <summary>A passkey of one's own in place of the password.</summary>
    public async Task<Outcome<DateTimeOffset>> ConfirmByPasskeyAsync(SignedIn signedIn, string challenge, JsonElement credential, HttpContext http)
    {
        var (member, passkey) = await AttemptAsync(challenge, credential, signedIn.Member.Id, http);
        return passkey is null ? MemberErrors.PasskeyRefused : await database.ChangeAsync<DateTimeOffset>(
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                if (await PassAsync(context, member!, token) is not { } row || !await UseAsync(context, passkey, token)
                    || await context.Sessions.Where(session => session.Id == signedIn.SessionId).ExecuteUpdateAsync(update => update.SetProperty(static session => session.AuthenticatedAt, now), token) == 0)
                {
                    return MemberErrors.PasskeyRefused;
                }

                await audit.AppendAsync(context, new AuditEvent("member.confirmed", row.AccountId, row.Id, signedIn.SessionId, http.TraceIdentifier, "passkey"), token);
                return now;
            },
            http.RequestAborted);
    }

    // The passkey as it is after this use, and its member; none where it is not accepted.
    private async Task<(Member? Member, UserPasskeyInfo? Passkey)> AttemptAsync(string challenge, JsonElement credential, string? memberId, HttpContext http)
    {
        var state = await challenges.TakeAsync(ChallengePurpose.UsePasskey, null, challenge, http.RequestAborted);
        if (state.Error is not null || CredentialIdOf(credential) is not { } credentialId)
        {
            return default;
        }

        var member = await database.ReadAsync(
            (context, token) => context.Passkeys.Where(row => row.CredentialId == credentialId)
                .Join(context.Members, static row => row.MemberId, static owner => owner.Id, static (_, owner) => owner).FirstOrDefaultAsync(token),
            http.RequestAborted);
        if (member is not { IsEnabled: true } || (memberId is not null && member.Id != memberId) || !await CountAsync(member, http.TraceIdentifier, http.RequestAborted))
        {
            return default;
        }

        if (await passkeys.AcceptAsync(state.Value!, credential.GetRawText(), http) is { } used && used.MemberId == member.Id)
        {
            return (member, used.Passkey);
        }

        await FailAsync(member, http.TraceIdentifier, http.RequestAborted);
        return default;
    }

    private static byte[]? CredentialIdOf(JsonElement credential)
    {
        if (!credential.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return Base64Url.DecodeFromChars(id.GetString());
        }
        catch (Exception broken) when (broken is FormatException or InvalidOperationException)
        {
            // The second is how text that is no Unicode is reported.
            return null;
        }
    }

    // A counter that went on since belongs to a copy of the key, or to another sign-in at the same moment.
    private async Task<bool> UseAsync(GatewayDbContext context, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var (now, count, isBackedUp) = (clock.GetUtcNow(), (long)passkey.SignCount, passkey.IsBackedUp);
        return await context.Passkeys.Where(row => row.CredentialId == passkey.CredentialId && (row.SignCount < count || (row.SignCount == 0 && count == 0)))
            .ExecuteUpdateAsync(
                update => update.SetProperty(static row => row.SignCount, count).SetProperty(static row => row.IsBackedUp, isBackedUp).SetProperty(static row => row.LastUsedAt, now), cancellationToken) == 1;
    }

    private async Task<Outcome<bool>> AttemptAsync(Member? member, string password, string? code, string requestId, CancellationToken cancellationToken)
    {
        var mayTry = member is { IsEnabled: true, PasswordHash: not null } && (member.Role == MemberRole.Owner || !external.OnlyOwnersUsePasswords) && await CountAsync(member, requestId, cancellationToken);
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
