using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Members;
using Microsoft.AspNetCore.Authorization;

namespace LockLLM.Gateway.Management;

/// <summary>
/// Lets only callers of the role that an endpoint states manage anything. Stands behind the authentication; an endpoint that
/// states none is closed, unless it says that anyone may.
/// </summary>
internal sealed partial class ManagementAccess(
    RequestDelegate next, ManagementOptions options, MembersOptions members, AccountSnapshots snapshots, TimeProvider clock, ILogger<ManagementAccess> logger)
{
    public const string Prefix = "/api/";

    private static readonly Error s_role = new(
        ErrorCode.Forbidden, "The caller's role does not suffice. The documentation of the management API names the role that each call needs.");

    private static readonly Error s_member = new(ErrorCode.Forbidden, "Only a signed-in member can do that, not an API key.");
    private static readonly Error s_confirmation = new(ErrorCode.ConfirmationRequired, "Give the password again first: POST /api/v1/session/confirm.");
    private static readonly Error s_foreign = new(ErrorCode.CsrfFailed, "This can be done from a page of this gateway only.");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true)
        {
            return next(context);
        }

        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return SessionAuthentication.IsFromHere(context.Request) ? next(context) : new ErrorResult(s_foreign).ExecuteAsync(context);
        }

        var signedIn = context.Features.Get<SignedIn>();
        var actor = Find(context, signedIn);
        if (Refusal(endpoint, actor, signedIn) is { } refusal)
        {
            LogRefused(context.TraceIdentifier, endpoint.RoutePattern.RawText, refusal.Code.Code);
            return new ErrorResult(refusal).ExecuteAsync(context);
        }

        context.Features.Set(actor);
        return next(context);
    }

    private Error? Refusal(RouteEndpoint endpoint, Actor? actor, SignedIn? signedIn)
    {
        if (actor is null || endpoint.Metadata.GetMetadata<RequiredRole>() is not { Role: > Role.None } required || actor.Role < required.Role)
        {
            return s_role;
        }

        if (signedIn is null)
        {
            return endpoint.Metadata.GetMetadata<RequiredMember>() is not null ? s_member : null;
        }

        var isFresh = clock.GetUtcNow() - signedIn.AuthenticatedAt < members.ConfirmationLifetime;
        return isFresh || endpoint.Metadata.GetMetadata<RequiredConfirmation>() is null ? null : s_confirmation;
    }

    private Actor? Find(HttpContext context, SignedIn? signedIn) => signedIn is { Member: var member }
        ? snapshots.Find(member.AccountId) is { } account ? new Actor(member.Id, member.Role, account) : null
        : context.Features.Get<Caller>() is { } caller ? new Actor(caller.KeyId, RoleOf(caller.Key), caller.Account) : null;

    // A key with limits could otherwise make itself one without.
    private Role RoleOf(ApiKey key)
    {
        var isLimited = key.ExpiresAt is not null || key.RequestsPerMinute is not null || key.AllowedProviders.Count > 0 || key.AllowedNetworks.Count > 0;
        return isLimited && options.ApiKeyRole > Role.Viewer ? Role.Viewer : options.ApiKeyRole;
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "Refused {RequestId}: {Route} gave {Code}")]
    private partial void LogRefused(string requestId, string route, string code);
}
