using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Members.OpenIdConnect;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/session</c>: signing in, out, and giving the password again.</summary>
internal static class SessionEndpoints
{
    public static void MapSessionEndpoints(this RouteGroupBuilder session)
    {
        session.MapPost("", SignIn).AllowAnonymous().WithSummary("Sign in; the answer sets the session's cookie.").Takes<SignInRequest>()
            .Produces<SessionDetails>(StatusCodes.Status201Created).Fails(ErrorCode.SignInFailed, ErrorCode.CodeRequired, ErrorCode.CsrfFailed);
        session.MapGet("", Get).MembersOnly().Needs(Role.Viewer).WithSummary("Show who is signed in.").Produces<SessionDetails>();
        session.MapGet("/options", Options).AllowAnonymous().WithSummary("Show which ways there are to sign in.").Produces<SignInWays>();
        session.MapPost("/confirm", Confirm).MembersOnly().Needs(Role.Viewer).WithSummary("Give the password again, so that secrets may be made and changed for a while.")
            .Takes<SignInRequest>().Produces<SessionDetails>().Fails(ErrorCode.SignInFailed, ErrorCode.CodeRequired);
        session.MapDelete("", SignOut).MembersOnly().Needs(Role.Viewer).WithSummary("Sign out.").Produces(StatusCodes.Status200OK);
    }

    /// <summary>Sets the cookie and tells of the session.</summary>
    public static SessionDetails Begin(HttpContext context, NewSession begun)
    {
        SessionCookie.Write(context, begun);
        return Details(context, begun.SignedIn, begun.Token);
    }

    public static SessionDetails Details(HttpContext context, SignedIn signedIn, string token) => new()
    {
        Id = signedIn.SessionId,
        Member = MemberEndpoints.Details(signedIn.Member),
        CsrfToken = Secrets.CsrfToken(token),
        Methods = signedIn.Methods.Split(' '),
        CreatedAt = signedIn.CreatedAt,
        ExpiresAt = signedIn.ExpiresAt,
        ConfirmedUntil = signedIn.AuthenticatedAt + context.RequestServices.GetRequiredService<MembersOptions>().ConfirmationLifetime,
    };

    private static async Task<IResult> SignIn(HttpContext context, SignInStore store, SignInLimit limit)
    {
        var body = await ManagementBody.ReadAnonymousAsync(context, WireJson.Default.SignInRequest, limit);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var request = body.Value!;
        return (Missing(request) ?? ManagementBody.Missing(request.Email, "email")) is { } missing
            ? new ErrorResult(missing)
            : (await store.SignInAsync(request.Email!, request.Password!, request.Code, context.TraceIdentifier, context.RequestAborted))
                .Answer(begun => Begin(context, begun), StatusCodes.Status201Created);
    }

    private static IResult Options(OpenIdConnectSettings external) => ManagementEndpoints.Json(new SignInWays
    {
        Passkeys = true,
        OpenIdConnect = external.IsOn ? new OpenIdConnectWay { Name = external.Name, Address = OpenIdConnectSignIn.StartPath } : null,
        OnlyOwnersUsePasswords = external.OnlyOwnersUsePasswords,
    });

    private static IResult Get(HttpContext context) => ManagementEndpoints.Json(Details(context, context.SignedIn(), SessionCookie.Read(context.Request)!));

    private static async Task<IResult> Confirm(HttpContext context, SignInStore store, SignInLimit limit)
    {
        var body = await ManagementBody.ReadAnonymousAsync(context, WireJson.Default.SignInRequest, limit);
        if ((body.Error ?? Missing(body.Value!)) is { } error)
        {
            return new ErrorResult(error);
        }

        var signedIn = context.SignedIn();
        return (await store.ConfirmAsync(signedIn, body.Value!.Password!, body.Value.Code, context.TraceIdentifier, context.RequestAborted))
            .Answer(at => Details(context, signedIn with { AuthenticatedAt = at }, SessionCookie.Read(context.Request)!));
    }

    private static async Task<IResult> SignOut(HttpContext context, SessionStore store)
    {
        var signedIn = context.SignedIn();
        SessionCookie.Delete(context);
        return (await store.EndAsync(signedIn.Member, signedIn.SessionId, context.TraceIdentifier, context.RequestAborted)).Done();
    }

    private static Error? Missing(SignInRequest request) => request.Password is { Length: > Passwords.MaxLength }
        ? MemberErrors.NotSignedIn
        : ManagementBody.Missing(request.Password, "password");
}
