using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Authorization;

namespace LockLLM.Gateway.Identity;

/// <summary>
/// Lets only callers with an accepted key reach an endpoint, unless the endpoint says that anyone may. Stands before
/// anything looks at the body, and answers every kind of bad key alike.
/// </summary>
internal sealed partial class ApiKeyAuthentication(RequestDelegate next, ApiKeyStore keys, ILogger<ApiKeyAuthentication> logger)
{
    private static readonly Error s_refused = new(
        ErrorCode.Unauthorized, "API key not accepted. Send it as Authorization: Bearer llm_..., never in the address.");

    public Task InvokeAsync(HttpContext context)
    {
        // Routing answers a wrong method with an endpoint of its own that is no route: there is nothing to protect.
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return next(context);
        }

        if (keys.Find(Credential.Of(context.Request)) is not { } key)
        {
            LogRefused(context.TraceIdentifier);
            return new ErrorResult(s_refused).ExecuteAsync(context);
        }

        context.Features.Set(new Caller(key.Id));
        return next(context);
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Refused {RequestId}: API key not accepted")]
    private partial void LogRefused(string requestId);
}
