using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>
/// Lets only callers of the role that an endpoint states manage anything. Stands behind the authentication; an endpoint that
/// states none is closed.
/// </summary>
internal sealed partial class ManagementAccess(RequestDelegate next, ManagementOptions options, ILogger<ManagementAccess> logger)
{
    public const string Prefix = "/api/";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true)
        {
            return next(context);
        }

        if (Find(context) is { } actor && endpoint.Metadata.GetMetadata<RequiredRole>() is { Role: > Role.None } required && actor.Role >= required.Role)
        {
            context.Features.Set(actor);
            return next(context);
        }

        LogRefused(context.TraceIdentifier, endpoint.RoutePattern.RawText);
        return new ErrorResult(new Error(
            ErrorCode.Forbidden, "This key may not do that. The documentation of the management API names the role that each call needs.")).ExecuteAsync(context);
    }

    private Actor? Find(HttpContext context) =>
        context.Features.Get<Caller>() is { } caller ? new Actor(caller.KeyId, RoleOf(caller.Key), caller.Account) : null;

    // A key with limits could otherwise make itself one without.
    private Role RoleOf(ApiKey key)
    {
        var isLimited = key.ExpiresAt is not null || key.RequestsPerMinute is not null || key.AllowedProviders.Count > 0 || key.AllowedNetworks.Count > 0;
        return isLimited && options.ApiKeyRole > Role.Viewer ? Role.Viewer : options.ApiKeyRole;
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "Refused {RequestId}: the caller's role does not suffice for {Route}")]
    private partial void LogRefused(string requestId, string route);
}
