using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>
/// Signs in whom an identity provider vouches for. Somebody seen before is known by issuer and subject; before that, a
/// checked address leads to a member, to an invitation, or to a new member where the operator lets everybody in.
/// </summary>
internal sealed class ExternalSignInStore(
    GatewayDatabase database, AccountChanges changes, MemberStore members, InvitationStore invitations, SessionStore sessions, AuditTrail audit, OpenIdConnectSettings settings, TimeProvider clock)
{
    public async Task<Outcome<NewSession>> SignInAsync(ExternalIdentity identity, string requestId, CancellationToken cancellationToken)
    {
        var account = await database.ReadAsync((context, token) => AccountOfAsync(context, identity, token), cancellationToken);
        return account is null ? MemberErrors.NotInvited : await changes.ApplyAsync<NewSession>(
            account,
            async (context, token) =>
            {
                var member = await FindAsync(context, identity, token) ?? await LinkAsync(context, identity, requestId, token) ?? await AddAsync(context, account, identity, requestId, token);
                if (member is not { IsEnabled: true })
                {
                    return MemberErrors.NotInvited;
                }

                return await sessions.SignInAsync(context, member, "oidc", requestId, token, identity.AuthenticatedAt);
            },
            cancellationToken);
    }

    // Null where nobody may come in.
    private async Task<string?> AccountOfAsync(GatewayDbContext context, ExternalIdentity identity, CancellationToken cancellationToken)
    {
        if (await FindAsync(context, identity, cancellationToken) is { } known)
        {
            return known.AccountId;
        }

        if (EmailAddress.Normalize(identity.Email) is not { } email)
        {
            return null;
        }

        return await context.Members.Where(row => row.NormalizedEmail == email).Select(static row => row.AccountId).FirstOrDefaultAsync(cancellationToken)
            ?? (await invitations.FindForAsync(context, email, cancellationToken))?.AccountId
            ?? (settings.NewMemberRole is null ? null : await context.Accounts.OrderBy(static row => row.CreatedAt).Select(static row => row.Id).FirstOrDefaultAsync(cancellationToken));
    }

    private static Task<Member?> FindAsync(GatewayDbContext context, ExternalIdentity identity, CancellationToken cancellationToken) =>
        context.Members.FirstOrDefaultAsync(row => row.ExternalIssuer == identity.Issuer && row.ExternalSubject == identity.Subject, cancellationToken);

    // A member who has come in another way so far. One that is somebody else's already stays theirs.
    private async Task<Member?> LinkAsync(GatewayDbContext context, ExternalIdentity identity, string requestId, CancellationToken cancellationToken)
    {
        if (EmailAddress.Normalize(identity.Email) is not { } email
            || await context.Members.FirstOrDefaultAsync(row => row.NormalizedEmail == email && row.ExternalSubject == null, cancellationToken) is not { } member)
        {
            return null;
        }

        (member.ExternalIssuer, member.ExternalSubject) = (identity.Issuer, identity.Subject);
        await audit.AppendAsync(context, new AuditEvent("member.linked", member.AccountId, member.Id, member.Id, requestId), cancellationToken);
        return member;
    }

    private async Task<Member?> AddAsync(GatewayDbContext context, string account, ExternalIdentity identity, string requestId, CancellationToken cancellationToken)
    {
        if (EmailAddress.Normalize(identity.Email) is not { } email || await context.Members.AnyAsync(row => row.NormalizedEmail == email, cancellationToken))
        {
            return null;
        }

        var invitation = await invitations.FindForAsync(context, email, cancellationToken);
        if (invitation is null && settings.NewMemberRole is null)
        {
            return null;
        }

        var name = MemberStore.NameProblem(identity.Name ?? "") is null ? identity.Name!.Trim() : email[..Math.Min(email.Length, MemberStore.MaxNameLength)];
        var role = invitation?.Role ?? MemberStore.Stored(settings.NewMemberRole!.Value);
        var member = await members.AddAsync(context, account, identity.Email!.Trim(), name, role, null, invitation?.InvitedBy ?? AuditEvent.SystemActor, requestId, cancellationToken);
        (member.ExternalIssuer, member.ExternalSubject) = (identity.Issuer, identity.Subject);
        if (invitation is not null)
        {
            invitation.AcceptedAt = clock.GetUtcNow();
            await audit.AppendAsync(context, new AuditEvent("invitation.accepted", account, member.Id, invitation.Id, requestId), cancellationToken);
        }

        // The session that follows is looked up by its member.
        await context.SaveChangesAsync(cancellationToken);
        return member;
    }
}
