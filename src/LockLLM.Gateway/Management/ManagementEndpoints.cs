using System.Text.Json.Serialization.Metadata;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1</c>: thin skins over the stores.</summary>
internal static class ManagementEndpoints
{
    /// <summary>Ids as the gateway makes them; anything else is no address of ours.</summary>
    public const string Id = "{id:regex(^[A-Za-z0-9_]{{1,64}}$)}";

    public static IServiceCollection AddManagement(this IServiceCollection services, ManagementOptions options) =>
        services.AddSingleton(options).AddSingleton<AuditStatusReader>().AddSingleton<SignInLimit>();

    public static void MapManagementEndpoints(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").Fails(ErrorCode.Unauthorized, ErrorCode.Forbidden, ErrorCode.RateLimited, ErrorCode.ServiceUnavailable);
        api.MapGroup("/keys").WithTags("API keys").MapApiKeyEndpoints();
        api.MapGroup("/proxy").WithTags("Provider keys").MapProviderKeyEndpoints();
        api.MapGroup("/providers").WithTags("Provider keys").MapProviderHealthEndpoints();
        api.MapGroup("/logs").WithTags("Logs").MapLogEndpoints();
        api.MapGroup("/audit").WithTags("Audit").MapAuditEndpoints();
        api.MapGroup("/session").WithTags("Session").MapSessionEndpoints();
        api.MapGroup("/session").WithTags("Session").MapPasskeySignIn();
        api.MapGroup("/me").WithTags("Session").MapMeEndpoints();
        api.MapGroup("/me/passkeys").WithTags("Session").MapPasskeyEndpoints();
        api.MapGroup("/members").WithTags("Members").MapMemberEndpoints();
        api.MapGroup("/invitations").WithTags("Members").MapInvitationEndpoints();
        api.MapGroup("/playground").WithTags("Scan").MapPlaygroundEndpoints();
        api.MapGroup("/settings").WithTags("Settings").MapSettingsEndpoints();
    }

    public static Actor Actor(this HttpContext context) =>
        context.Features.Get<Actor>() ?? throw new InvalidOperationException("A management endpoint was reached by nobody known.");

    /// <summary>Of an endpoint for members only.</summary>
    public static SignedIn SignedIn(this HttpContext context) =>
        context.Features.Get<SignedIn>() ?? throw new InvalidOperationException("An endpoint for members was reached by somebody else.");

    public static IResult Answer<T, TDetails>(this Outcome<T> outcome, Func<T, TDetails> details, int status = StatusCodes.Status200OK) =>
        outcome.Error is { } error ? new ErrorResult(error) : Json(details(outcome.Value!), status);

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => new Answered<T>(value, status);

    /// <summary>An empty object rather than 204: official clients parse every answer as JSON.</summary>
    public static IResult Done<T>(this Outcome<T> outcome) => outcome.Error is { } error ? new ErrorResult(error) : Results.Bytes("{}"u8.ToArray(), "application/json");

    private sealed class Answered<T>(T value, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return JsonAnswer.WriteAsync(httpContext.Response, value, (JsonTypeInfo<T>)WireJson.Default.GetTypeInfo(typeof(T))!);
        }
    }
}
