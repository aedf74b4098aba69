using System.Security.Claims;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Authorization;

namespace LockLLM.Gateway.Members;

/// <summary>
/// Takes a session's cookie in place of an API key, under <c>/api/</c> only. What changes something needs the session's own
/// token in a header as well: a page elsewhere can make a browser send the cookie, but cannot read that token.
/// </summary>
internal sealed partial class SessionAuthentication(RequestDelegate next, SessionStore sessions, ILogger<SessionAuthentication> logger)
{
    private const string Scheme = "session";

    private static readonly Error s_forged = new(ErrorCode.CsrfFailed, $"Send the session's csrf_token in the header {HeaderNames.CsrfToken}, from a page of this gateway.");

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? AuthenticateAsync(context) : next(context);

    /// <summary>What the browser says of where a request comes from; nothing is said by other callers.</summary>
    public static bool IsFromHere(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

    private async Task AuthenticateAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(HeaderNames.Key)
            || SessionCookie.Read(request) is not { } token
            || await sessions.FindAsync(token, context.RequestAborted) is not { } signedIn)
        {
            await next(context);
            return;
        }

        if (!IsFromHere(request) || (!HttpMethods.IsGet(request.Method) && !Secrets.AreSame(Secrets.CsrfToken(token), request.Headers[HeaderNames.CsrfToken].ToString())))
        {
            LogForged(context.TraceIdentifier, signedIn.SessionId);
            await new ErrorResult(s_forged).ExecuteAsync(context);
            return;
        }

        context.Features.Set(signedIn);
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, signedIn.Member.Id)], Scheme));
        await next(context);
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Warning, Message = "Refused {RequestId}: session {SessionId} without its token, or from another site")]
    private partial void LogForged(string requestId, string sessionId);
}
