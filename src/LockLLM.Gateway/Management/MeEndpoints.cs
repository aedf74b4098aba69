using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/me</c>: a member's own password, second factor and sessions.</summary>
internal static class MeEndpoints
{
    public static void MapMeEndpoints(this RouteGroupBuilder me)
    {
        me.MapPut("/password", ChangePassword).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Change one's password; all other sessions end.").Takes<PasswordRequest>().Produces<SessionDetails>();
        me.MapPost("/totp", BeginTotp).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Begin a second factor: a secret for an authenticator app.").Produces<TotpEnrolment>().Fails(ErrorCode.AlreadyEnabled);
        me.MapPost("/totp/enable", EnableTotp).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Switch the second factor on with a code of the app; shows the recovery codes.")
            .Takes<TotpRequest>().Produces<RecoveryCodes>().Fails(ErrorCode.AlreadyEnabled);
        me.MapDelete("/totp", DisableTotp).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Switch the second factor off.").Produces<SessionDetails>();
        me.MapPost("/recovery-codes", RenewCodes).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Make new recovery codes; the former ones no longer count.").Produces<RecoveryCodes>().Fails(ErrorCode.InvalidInput);
        me.MapGet("/sessions", Sessions).MembersOnly().Needs(Role.Viewer).WithSummary("List one's sessions, the last used first.").Produces<IReadOnlyList<SessionSummary>>();
        me.MapDelete("/sessions", EndSessions).MembersOnly().Needs(Role.Viewer).WithSummary("Sign out everywhere: end all of one's sessions, this one included.").Produces(StatusCodes.Status200OK);
        me.MapDelete("/sessions/" + ManagementEndpoints.Id, EndSession).MembersOnly().Needs(Role.Viewer).WithSummary("End one of one's sessions.").Produces(StatusCodes.Status200OK).Fails(ErrorCode.SessionNotFound);
    }

    private static async Task<IResult> ChangePassword(HttpContext context, MemberStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.PasswordRequest);
        return body.Error is { } error
            ? new ErrorResult(error)
            : (await store.ChangePasswordAsync(context.SignedIn(), body.Value!.Password, context.TraceIdentifier, context.RequestAborted)).Answer(begun => SessionEndpoints.Begin(context, begun));
    }

    private static async Task<IResult> BeginTotp(HttpContext context, TotpStore store)
    {
        var member = context.SignedIn().Member;
        return (await store.BeginAsync(member, context.TraceIdentifier, context.RequestAborted))
            .Answer(secret =>
            {
                var uri = Totp.Address(secret, member.Email);
                var code = QrCode.Of(uri);
                return new TotpEnrolment { Secret = Totp.Base32(secret), Uri = uri, QrPath = code.Path, QrSize = code.Size };
            });
    }

    private static async Task<IResult> EnableTotp(HttpContext context, TotpStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.TotpRequest);
        return (body.Error ?? ManagementBody.Missing(body.Value!.Code, "code")) is { } error
            ? new ErrorResult(error)
            : (await store.EnableAsync(context.SignedIn().Member, body.Value!.Code!, context.TraceIdentifier, context.RequestAborted))
                .Answer(made => new RecoveryCodes { Codes = made.Codes, Session = SessionEndpoints.Begin(context, made.Session) });
    }

    private static async Task<IResult> DisableTotp(HttpContext context, TotpStore store) =>
        (await store.DisableAsync(context.SignedIn().Member, context.TraceIdentifier, context.RequestAborted)).Answer(begun => SessionEndpoints.Begin(context, begun));

    private static async Task<IResult> RenewCodes(HttpContext context, TotpStore store) =>
        (await store.RenewCodesAsync(context.SignedIn().Member, context.TraceIdentifier, context.RequestAborted)).Answer(static codes => new RecoveryCodes { Codes = codes });

    private static async Task<IResult> Sessions(HttpContext context, SessionStore store)
    {
        var signedIn = context.SignedIn();
        SessionSummary[] sessions = [.. (await store.ListAsync(signedIn.Member, context.RequestAborted)).Select(session => new SessionSummary
        {
            Id = session.SessionId,
            Current = session.SessionId == signedIn.SessionId,
            Methods = session.Methods.Split(' '),
            CreatedAt = session.CreatedAt,
            LastSeenAt = session.LastSeenAt,
            ExpiresAt = session.ExpiresAt,
        })];
        return ManagementEndpoints.Json(sessions);
    }

    private static async Task<IResult> EndSessions(HttpContext context, SessionStore store)
    {
        SessionCookie.Delete(context);
        return (await store.EndAllAsync(context.SignedIn().Member, context.TraceIdentifier, context.RequestAborted)).Done();
    }

    private static async Task<IResult> EndSession(HttpContext context, string id, SessionStore store) =>
        (await store.EndAsync(context.SignedIn().Member, id, context.TraceIdentifier, context.RequestAborted)).Done();
}
