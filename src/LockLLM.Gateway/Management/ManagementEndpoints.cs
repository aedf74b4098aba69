using System.Text.Json.Serialization.Metadata;
using LockLLM.Contracts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using Microsoft.OpenApi;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1</c>: thin skins over the stores.</summary>
internal static class ManagementEndpoints
{
    /// <summary>Ids as the gateway makes them; anything else is no address of ours.</summary>
    public const string Id = "{id:regex(^[A-Za-z0-9_]{{1,64}}$)}";

    public static IServiceCollection AddManagement(this IServiceCollection services, ManagementOptions options) => services.AddSingleton(options);

    public static void MapManagementEndpoints(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapGroup("/keys").WithTags("API keys").MapApiKeyEndpoints();
        api.MapGroup("/proxy").WithTags("Provider keys").MapProviderKeyEndpoints();
        api.MapGroup("/settings").WithTags("Settings").MapSettingsEndpoints();
    }

    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredRole(role));

    /// <summary>Describes the body without the framework's check of its type, whose answer has no body of ours.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint) => endpoint.AddOpenApiOperationTransformer(static async (operation, context, token) =>
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, IOpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, token) } },
        });

    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("A management endpoint was reached without a caller.");

    public static IResult Answer<T, TDetails>(this Outcome<T> outcome, Func<T, TDetails> details, int status = StatusCodes.Status200OK) =>
        outcome.Error is { } error ? new ErrorResult(error) : Json(details(outcome.Value!), status);

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => new Answered<T>(value, status);

    private sealed class Answered<T>(T value, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return JsonAnswer.WriteAsync(httpContext.Response, value, (JsonTypeInfo<T>)WireJson.Default.GetTypeInfo(typeof(T))!);
        }
    }
}
