using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace LockLLM.Gateway.Identity;

/// <summary>
/// Lets only callers with an accepted key reach an endpoint, unless the endpoint says that anyone may. Stands before
/// anything looks at the body, and answers every kind of bad key alike.
/// </summary>
internal sealed partial class ApiKeyAuthentication(
    RequestDelegate next, ApiKeyStore keys, AccountSnapshots snapshots, LastUse lastUse, TimeProvider clock, ILogger<ApiKeyAuthentication> logger)
{
    private static readonly Error s_refused = new(
        ErrorCode.Unauthorized, "API key not accepted. Send it as Authorization: Bearer llm_..., never in the address.");

    private static readonly Error s_unknown = new(
        ErrorCode.ServiceUnavailable, "This key is not known here and the key database cannot be asked at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public Task InvokeAsync(HttpContext context)
    {
        // A browser that is signed in needs no key; where that counts was decided before.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity is { IsAuthenticated: true })
        {
            return next(context);
        }

        // Routing answers a wrong method with an endpoint of its own that is no route: there is nothing to protect.
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return next(context);
        }

        var credential = Credential.Of(context.Request);
        var now = clock.GetUtcNow();
        if (keys.Find(credential) is not { } known)
        {
            // Without the database a key that was made elsewhere a moment ago cannot be told from a wrong one.
            var mayExist = !snapshots.IsCurrent && credential.StartsWith(ApiKeyFormat.Prefix, StringComparison.Ordinal);
            LogRefused(context.TraceIdentifier, mayExist ? "database not available" : "unknown");
            return new ErrorResult(mayExist ? s_unknown : s_refused).ExecuteAsync(context);
        }

        if (!known.Key.IsAcceptedAt(now))
        {
            LogRefused(context.TraceIdentifier, "expired or disabled");
            return new ErrorResult(s_refused).ExecuteAsync(context);
        }

        if (!known.Key.AllowsAddress(context.Connection.RemoteIpAddress))
        {
            LogRefused(context.TraceIdentifier, "address not allowed for this key");
            return new ErrorResult(s_refused).ExecuteAsync(context);
        }

        lastUse.OfApiKey(known.Key.Id, now);
        context.Features.Set(new Caller(known.Key, known.Account));
        return next(context);
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Refused {RequestId}: API key not accepted, {Reason}")]
    private partial void LogRefused(string requestId, string reason);
}
