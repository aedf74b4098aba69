using System.Globalization;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>Browsers that are signed in. What is kept of a session's token is a hash.</summary>
internal sealed class SessionStore(GatewayDatabase database, AuditTrail audit, MembersOptions options, TimeProvider clock)
{
    private const int MaxPerMember = 20;

    // Writing the last use of every request would make a change of each.
    private static readonly TimeSpan s_touch = TimeSpan.FromMinutes(1);

    /// <summary>Null when the session is over, or its member's password, second factor or role has changed since.</summary>
    public async Task<SignedIn?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = HashOf(token);
        var now = clock.GetUtcNow();
        var idle = now - options.SessionIdle;
        var found = await database.ReadAsync(
            (context, ct) => context.Sessions
                .Where(session => session.TokenHash == hash && session.ExpiresAt > now && session.LastSeenAt > idle)
                .Join(context.Members, static session => session.MemberId, static member => member.Id, static (session, member) => new { Session = session, Member = member })
                .FirstOrDefaultAsync(ct),
            cancellationToken);
        if (found is null || !found.Member.IsEnabled || found.Session.SecurityStamp != found.Member.SecurityStamp)
        {
            return null;
        }

        if (now - found.Session.LastSeenAt >= s_touch)
        {
            await database.ChangeAsync<int>(
                async (context, ct) => await context.Sessions.Where(session => session.TokenHash == hash).ExecuteUpdateAsync(row => row.SetProperty(static session => session.LastSeenAt, now), ct),
                cancellationToken);
        }

        return Of(found.Session, found.Member);
    }

    /// <summary>Whether a session still opens doors, without counting as its use: for what a page does by itself.</summary>
    public Task<bool> GoesOnAsync(string sessionId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var idle = now - options.SessionIdle;
        return database.ReadAsync(
            (context, ct) => context.Sessions.Where(session => session.Id == sessionId && session.ExpiresAt > now && session.LastSeenAt > idle)
                .Join(context.Members, static session => session.MemberId, static member => member.Id, static (session, member) => new { Session = session, Member = member })
                .AnyAsync(static both => both.Member.IsEnabled && both.Session.SecurityStamp == both.Member.SecurityStamp, ct),
            cancellationToken);
    }

    public async Task<IReadOnlyList<SignedIn>> ListAsync(MemberInfo member, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var idle = now - options.SessionIdle;
        var found = await database.ReadAsync(
            (context, ct) => context.Sessions.Where(session => session.MemberId == member.Id && session.ExpiresAt > now && session.LastSeenAt > idle)
                .Join(context.Members, static session => session.MemberId, static row => row.Id, static (session, row) => new { Session = session, Member = row })
                .Where(static both => both.Session.SecurityStamp == both.Member.SecurityStamp).OrderByDescending(static both => both.Session.LastSeenAt).ToListAsync(ct),
            cancellationToken);
        return [.. found.Select(static both => Of(both.Session, both.Member))];
    }

    /// <summary>Signs out: the browser itself, or another one of the same member.</summary>
    public Task<Outcome<bool>> EndAsync(MemberInfo member, string sessionId, string? requestId, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        async (context, ct) =>
        {
            if (await context.Sessions.Where(session => session.Id == sessionId && session.MemberId == member.Id).ExecuteDeleteAsync(ct) == 0)
            {
                return MemberErrors.NoSession;
            }

            await audit.AppendAsync(context, new AuditEvent("member.signed_out", member.AccountId, member.Id, sessionId, requestId), ct);
            return true;
        },
        cancellationToken);

    /// <summary>Signs out everywhere: every browser of the member, the one that asks included.</summary>
    public Task<Outcome<bool>> EndAllAsync(MemberInfo member, string? requestId, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        async (context, ct) =>
        {
            var ended = await context.Sessions.Where(session => session.MemberId == member.Id).ExecuteDeleteAsync(ct);
            await audit.AppendAsync(context, new AuditEvent("member.signed_out_everywhere", member.AccountId, member.Id, member.Id, requestId, string.Create(CultureInfo.InvariantCulture, $"sessions={ended}")), ct);
            return true;
        },
        cancellationToken);

    /// <summary>Begins a session for whoever has shown what it takes, and says so in the audit trail. Within the caller's transaction.</summary>
    /// <param name="authenticatedAt">When credentials were given, where that was not now.</param>
    public async Task<NewSession> SignInAsync(
        GatewayDbContext context, Member member, string methods, string requestId, CancellationToken cancellationToken, DateTimeOffset? authenticatedAt = null)
    {
        member.LastSignedInAt = clock.GetUtcNow();
        var begun = await BeginAsync(context, member, methods, cancellationToken, authenticatedAt);
        await audit.AppendAsync(context, new AuditEvent("member.signed_in", member.AccountId, member.Id, begun.SignedIn.SessionId, requestId, methods), cancellationToken);
        return begun;
    }

    /// <summary>Within the caller's transaction. What is over is deleted on the way, and the oldest of too many.</summary>
    /// <param name="authenticatedAt">When credentials were given, where that was not now.</param>
    public async Task<NewSession> BeginAsync(GatewayDbContext context, Member member, string methods, CancellationToken cancellationToken, DateTimeOffset? authenticatedAt = null)
    {
        var now = clock.GetUtcNow();
        var idle = now - options.SessionIdle;
        await context.Sessions.Where(session => session.ExpiresAt <= now || session.LastSeenAt <= idle).ExecuteDeleteAsync(cancellationToken);
        var surplus = await context.Sessions.Where(session => session.MemberId == member.Id).OrderByDescending(static session => session.LastSeenAt).Skip(MaxPerMember - 1)
            .Select(static session => session.Id).ToListAsync(cancellationToken);
        await context.Sessions.Where(session => surplus.Contains(session.Id)).ExecuteDeleteAsync(cancellationToken);
        var token = Secrets.NewToken();
        var row = new Session
        {
            Id = Ids.New(Ids.Session),
            MemberId = member.Id,
            AccountId = member.AccountId,
            TokenHash = HashOf(token),
            SecurityStamp = member.SecurityStamp,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + options.SessionLifetime,
            AuthenticatedAt = authenticatedAt is { } earlier && earlier < now ? earlier : now,
            Methods = methods,
        };
        context.Sessions.Add(row);
        return new NewSession(Of(row, member), token);
    }

    /// <summary>After a change of credentials: every session ends, and the browser that changed them gets a new one.</summary>
    public async Task<NewSession> RenewAsync(GatewayDbContext context, Member member, string methods, CancellationToken cancellationToken)
    {
        member.SecurityStamp = Secrets.NewToken();
        await context.Sessions.Where(session => session.MemberId == member.Id).ExecuteDeleteAsync(cancellationToken);
        return await BeginAsync(context, member, methods, cancellationToken);
    }

    private static byte[] HashOf(string token) => Secrets.Hash("session", token);

    private static SignedIn Of(Session session, Member member) => new()
    {
        SessionId = session.Id,
        Member = MemberStore.InfoOf(member),
        Methods = session.Methods,
        CreatedAt = session.CreatedAt,
        ExpiresAt = session.ExpiresAt,
        LastSeenAt = session.LastSeenAt,
        AuthenticatedAt = session.AuthenticatedAt,
    };
}
