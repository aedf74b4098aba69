using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members.OpenIdConnect;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>An invitation as others see it.</summary>
internal sealed record InvitationInfo(string Id, string? Email, Role Role, string? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>An invitation just made, with the one chance to read its token.</summary>
internal sealed record NewInvitation(InvitationInfo Invitation, string Token)
{
    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Invitation.Id;
}

/// <summary>Links that make their bearer a member, once. The one that a first start prints makes the owner.</summary>
internal sealed class InvitationStore(
    GatewayDatabase database, AccountChanges changes, MemberStore members, SessionStore sessions, Passwords passwords, AuditTrail audit, MembersOptions options, OpenIdConnectSettings external, TimeProvider clock)
{
    private const int MaxOpen = 1000;

    /// <summary>Those that can still be accepted, newest first.</summary>
    public async Task<IReadOnlyList<InvitationInfo>> ListAsync(string accountId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return [.. (await database.ReadAsync(
            (context, token) => Open(context, now).Where(row => row.AccountId == accountId).OrderByDescending(static row => row.CreatedAt).ToListAsync(token), cancellationToken)).Select(InfoOf)];
    }

    public Task<Outcome<NewInvitation>> CreateAsync(string accountId, string? email, Role role, Acting acting, CancellationToken cancellationToken)
    {
        if (EmailAddress.Normalize(email) is not { } normalized)
        {
            return Task.FromResult<Outcome<NewInvitation>>(EmailAddress.Invalid);
        }

        if (role == Role.Owner && acting.Role != Role.Owner)
        {
            return Task.FromResult<Outcome<NewInvitation>>(MemberErrors.AboveOwnRole);
        }

        return changes.ApplyAsync<NewInvitation>(
            accountId,
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                if (await context.Members.AnyAsync(row => row.NormalizedEmail == normalized && row.AccountId == accountId, token))
                {
                    return MemberErrors.Duplicate;
                }

                if (await Open(context, now).CountAsync(row => row.AccountId == accountId, token) >= MaxOpen)
                {
                    return new Error(ErrorCode.InvalidInput, $"An account has at most {MaxOpen} open invitations. Withdraw some.");
                }

                var (row, secret) = Draft(accountId, email!.Trim(), MemberStore.Stored(role), acting.Id, now);
                context.Invitations.Add(row);
                await audit.AppendAsync(context, new AuditEvent("invitation.created", accountId, acting.Id, row.Id, acting.RequestId, $"role={RequestLogWords.Of(role)}"), token);
                return new NewInvitation(InfoOf(row), secret);
            },
            cancellationToken);
    }

    /// <summary>The link for the owner of a new installation; one printed before no longer works. Null where there are members.</summary>
    public async Task<NewInvitation?> CreateSetupAsync(string accountId, CancellationToken cancellationToken) => (await changes.ApplyAsync<NewInvitation>(
        accountId,
        async (context, token) =>
        {
            if (await context.Members.AnyAsync(token))
            {
                return MemberErrors.NoInvitation;
            }

            var now = clock.GetUtcNow();
            await Open(context, now).Where(static row => row.Email == null).ExecuteUpdateAsync(row => row.SetProperty(static entity => entity.RevokedAt, now), token);
            var (row, secret) = Draft(accountId, null, MemberRole.Owner, AuditEvent.SystemActor, now);
            context.Invitations.Add(row);
            await audit.AppendAsync(context, new AuditEvent("invitation.created", accountId, AuditEvent.SystemActor, row.Id, Detail: "role=owner setup"), token);
            return new NewInvitation(InfoOf(row), secret);
        },
        cancellationToken)).Value;

    public Task<Outcome<bool>> RevokeAsync(string accountId, string id, Acting acting, CancellationToken cancellationToken) => changes.ApplyAsync<bool>(
        accountId,
        async (context, token) =>
        {
            var now = clock.GetUtcNow();
            if (await Open(context, now).Where(row => row.AccountId == accountId && row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(static entity => entity.RevokedAt, now), token) == 0)
            {
                return MemberErrors.NoInvitation;
            }

            await audit.AppendAsync(context, new AuditEvent("invitation.revoked", accountId, acting.Id, id, acting.RequestId), token);
            return true;
        },
        cancellationToken);

    /// <summary>Makes the bearer a member and signs them in.</summary>
    /// <param name="email">For the set-up link, whose bearer chooses it.</param>
    public async Task<Outcome<NewSession>> AcceptAsync(string secret, string? email, string? name, string? password, string requestId, CancellationToken cancellationToken)
    {
        var hash = HashOf(secret);
        var now = clock.GetUtcNow();
        var invitation = await database.ReadAsync((context, token) => Open(context, now).FirstOrDefaultAsync(row => row.TokenHash == hash, token), cancellationToken);
        if (invitation is null)
        {
            return MemberErrors.NoInvitation;
        }

        if (external.OnlyOwnersUsePasswords && invitation.Role != MemberRole.Owner)
        {
            return MemberErrors.NoPasswords;
        }

        var address = invitation.Email ?? email?.Trim();
        if (EmailAddress.Normalize(address) is not { } normalized)
        {
            return EmailAddress.Invalid;
        }

        if ((Passwords.Problem(password, normalized) ?? MemberStore.NameProblem(name ?? "")) is { } problem)
        {
            return problem;
        }

        var passwordHash = await passwords.HashAsync(password!, cancellationToken);
        return await changes.ApplyAsync<NewSession>(
            invitation.AccountId,
            async (context, token) =>
            {
                if (await Open(context, now).Where(row => row.Id == invitation.Id).ExecuteUpdateAsync(row => row.SetProperty(static entity => entity.AcceptedAt, now), token) == 0
                    || (invitation.Email is null && await context.Members.AnyAsync(token)))
                {
                    return MemberErrors.NoInvitation;
                }

                if (await context.Members.AnyAsync(row => row.NormalizedEmail == normalized, token))
                {
                    return MemberErrors.Duplicate;
                }

                var member = await members.AddAsync(context, invitation.AccountId, address!, name!.Trim(), invitation.Role, passwordHash, invitation.InvitedBy ?? AuditEvent.SystemActor, requestId, token);
                await audit.AppendAsync(context, new AuditEvent("invitation.accepted", invitation.AccountId, member.Id, invitation.Id, requestId), token);
                member.LastSignedInAt = now;
                return await sessions.BeginAsync(context, member, "password", token);
            },
            cancellationToken);
    }

    /// <summary>The newest invitation of a person known by a checked address; within the caller's transaction.</summary>
    /// <param name="email">In the form that is compared.</param>
    public async Task<Invitation?> FindForAsync(GatewayDbContext context, string email, CancellationToken cancellationToken)
    {
        var open = await Open(context, clock.GetUtcNow()).Where(static row => row.Email != null).OrderByDescending(static row => row.CreatedAt).ToListAsync(cancellationToken);
        return open.Find(row => EmailAddress.Normalize(row.Email) == email);
    }

    private (Invitation Row, string Secret) Draft(string accountId, string? email, MemberRole role, string invitedBy, DateTimeOffset now)
    {
        var secret = Secrets.NewToken();
        return (new Invitation
        {
            Id = Ids.New(Ids.Invitation),
            AccountId = accountId,
            Email = email,
            Role = role,
            TokenHash = HashOf(secret),
            InvitedBy = invitedBy,
            CreatedAt = now,
            ExpiresAt = now + options.InvitationLifetime,
        }, secret);
    }

    private static IQueryable<Invitation> Open(GatewayDbContext context, DateTimeOffset now) =>
        context.Invitations.Where(row => row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now);

    private static byte[] HashOf(string secret) => Secrets.Hash("invitation", secret);

    private static InvitationInfo InfoOf(Invitation row) => new(row.Id, row.Email, MemberStore.RoleOf(row.Role), row.InvitedBy, row.CreatedAt, row.ExpiresAt);
}
