using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>Who changes something, and what they may.</summary>
internal readonly record struct Acting(string Id, Role Role, string? RequestId);

/// <summary>The people of an account. Whatever changes what they may do ends their sessions.</summary>
internal sealed class MemberStore(GatewayDatabase database, AccountChanges changes, SessionStore sessions, Passwords passwords, AuditTrail audit, TimeProvider clock)
{
    public const int MaxNameLength = 100;

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => database.ReadAsync(static (context, token) => context.Members.AnyAsync(token), cancellationToken);

    /// <summary>By address.</summary>
    public async Task<IReadOnlyList<MemberInfo>> ListAsync(string accountId, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync((context, token) => context.Members.Where(row => row.AccountId == accountId).OrderBy(static row => row.NormalizedEmail).ToListAsync(token), cancellationToken)).Select(InfoOf)];

    public async Task<Outcome<MemberInfo>> FindAsync(string accountId, string id, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Members.FirstOrDefaultAsync(row => row.AccountId == accountId && row.Id == id, token), cancellationToken) is { } row
            ? InfoOf(row)
            : MemberErrors.NoMember;

    /// <summary>The first owner, as the operator's settings name them.</summary>
    public async Task<Outcome<MemberInfo>> CreateOwnerAsync(string accountId, string? email, string? password, CancellationToken cancellationToken)
    {
        if (EmailAddress.Normalize(email) is not { } normalized)
        {
            return EmailAddress.Invalid;
        }

        if (Passwords.Problem(password, normalized) is { } problem)
        {
            return problem;
        }

        var hash = await passwords.HashAsync(password!, cancellationToken);
        return await changes.ApplyAsync<MemberInfo>(
            accountId,
            async (context, token) => InfoOf(await AddAsync(context, accountId, email!.Trim(), "Owner", MemberRole.Owner, hash, AuditEvent.SystemActor, null, token)),
            cancellationToken);
    }

    /// <summary>Name, role, or whether they may sign in at all; null leaves a field.</summary>
    public Task<Outcome<MemberInfo>> UpdateAsync(string accountId, string id, string? name, Role? role, bool? isEnabled, Acting acting, CancellationToken cancellationToken)
    {
        if (NameProblem(name) is { } problem)
        {
            return Task.FromResult<Outcome<MemberInfo>>(problem);
        }

        return ChangeAsync<MemberInfo>(accountId, id, acting, role, keepsOwner: role is null or Role.Owner && isEnabled is null or true, async (context, row, token) =>
        {
            var changed = new List<string>();
            if (name?.Trim() is { } wanted && wanted != row.Name)
            {
                row.Name = wanted;
                changed.Add("name");
            }

            if (role is { } given && Stored(given) != row.Role)
            {
                changed.Add($"role={RequestLogWords.Of(given)}");
                (row.Role, row.SecurityStamp) = (Stored(given), Secrets.NewToken());
            }

            if (isEnabled is { } enabled && enabled != row.IsEnabled)
            {
                changed.Add(enabled ? "enabled" : "disabled");
                (row.IsEnabled, row.SecurityStamp) = (enabled, Secrets.NewToken());
            }

            await audit.AppendAsync(context, new AuditEvent("member.updated", accountId, acting.Id, id, acting.RequestId, string.Join(' ', changed)), token);
            return InfoOf(row);
        }, cancellationToken);
    }

    public Task<Outcome<bool>> RemoveAsync(string accountId, string id, Acting acting, CancellationToken cancellationToken) =>
        ChangeAsync<bool>(accountId, id, acting, null, keepsOwner: false, async (context, row, token) =>
        {
            context.Members.Remove(row);
            await audit.AppendAsync(context, new AuditEvent("member.removed", accountId, acting.Id, id, acting.RequestId), token);
            return true;
        }, cancellationToken);

    /// <summary>One's own. All sessions end; the browser that did it gets a new one.</summary>
    public async Task<Outcome<NewSession>> ChangePasswordAsync(SignedIn signedIn, string? password, string requestId, CancellationToken cancellationToken)
    {
        if (Passwords.Problem(password, signedIn.Member.Email) is { } problem)
        {
            return problem;
        }

        var hash = await passwords.HashAsync(password!, cancellationToken);
        return await changes.ApplyAsync<NewSession>(
            signedIn.Member.AccountId,
            async (context, token) =>
            {
                if (await context.Members.FirstOrDefaultAsync(row => row.Id == signedIn.Member.Id, token) is not { } row)
                {
                    return MemberErrors.NoMember;
                }

                (row.PasswordHash, row.PasswordChangedAt) = (hash, clock.GetUtcNow());
                await audit.AppendAsync(context, new AuditEvent("member.password_changed", row.AccountId, row.Id, row.Id, requestId), token);
                return await sessions.RenewAsync(context, row, signedIn.Methods, token);
            },
            cancellationToken);
    }

    /// <summary>Within the caller's transaction.</summary>
    public async Task<Member> AddAsync(
        GatewayDbContext context, string accountId, string email, string name, MemberRole role, string? passwordHash, string actor, string? requestId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = new Member
        {
            Id = Ids.New(Ids.Member),
            AccountId = accountId,
            Email = email,
            NormalizedEmail = EmailAddress.Normalize(email)!,
            Name = name,
            Role = role,
            PasswordHash = passwordHash,
            PasswordChangedAt = passwordHash is null ? null : now,
            SecurityStamp = Secrets.NewToken(),
            CreatedAt = now,
        };
        context.Members.Add(row);
        await audit.AppendAsync(context, new AuditEvent("member.created", accountId, actor, row.Id, requestId, $"role={RequestLogWords.Of(RoleOf(role))}"), cancellationToken);
        return row;
    }

    public static Error? NameProblem(string? name) => name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
        ? new Error(ErrorCode.InvalidInput, $"A name has 1 to {MaxNameLength} characters.", "name")
        : null;

    public static Role RoleOf(MemberRole role) => role switch
    {
        MemberRole.Owner => Role.Owner,
        MemberRole.Admin => Role.Admin,
        MemberRole.Developer => Role.Developer,
        _ => Role.Viewer,
    };

    public static MemberRole Stored(Role role) => role switch
    {
        Role.Owner => MemberRole.Owner,
        Role.Admin => MemberRole.Admin,
        Role.Developer => MemberRole.Developer,
        _ => MemberRole.Viewer,
    };

    public static MemberInfo InfoOf(Member row) => new()
    {
        Id = row.Id,
        AccountId = row.AccountId,
        Email = row.Email,
        Name = row.Name,
        Role = RoleOf(row.Role),
        IsEnabled = row.IsEnabled,
        HasTotp = row.TotpEnabledAt is not null,
        CreatedAt = row.CreatedAt,
        LastSignedInAt = row.LastSignedInAt,
        LockedUntil = row.LockedUntil,
    };

    private Task<Outcome<T>> ChangeAsync<T>(
        string accountId, string id, Acting acting, Role? wanted, bool keepsOwner, Func<GatewayDbContext, Member, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancellationToken) => changes.ApplyAsync<T>(
        accountId,
        async (context, token) =>
        {
            if (await context.Members.FirstOrDefaultAsync(row => row.Id == id && row.AccountId == accountId, token) is not { } row)
            {
                return MemberErrors.NoMember;
            }

            if ((row.Role == MemberRole.Owner || wanted == Role.Owner) && acting.Role != Role.Owner)
            {
                return MemberErrors.AboveOwnRole;
            }

            // Changes of all accounts stand in line, so that two owners cannot remove each other at once.
            var isLast = row is { Role: MemberRole.Owner, IsEnabled: true }
                && !await context.Members.AnyAsync(other => other.AccountId == accountId && other.Id != id && other.Role == MemberRole.Owner && other.IsEnabled, token);
            return isLast && !keepsOwner ? MemberErrors.LastOwner : await change(context, row, token);
        },
        cancellationToken);
}
