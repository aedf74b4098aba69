using System.Globalization;
using System.Text.Json.Nodes;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Members;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LockLLM.Gateway.Management;

/// <summary>A field of a query, for the OpenAPI document.</summary>
internal sealed record QueryField(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String)
{
    /// <summary>The only values; null where there are others.</summary>
    public IEnumerable<string>? Words { get; init; }
}

/// <summary>What an endpoint needs and what the OpenAPI document says of it beyond what the framework sees.</summary>
internal static class ManagementOperation
{
    /// <summary>States the role; whoever has less gets 403.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, Role role) => endpoint
        .WithMetadata(new RequiredRole(role))
        .Says($"Needs the role {role.ToString().ToLowerInvariant()}.");

    /// <summary>An API key gets 403.</summary>
    public static RouteHandlerBuilder MembersOnly(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new RequiredMember()).Says("For signed-in members only.");

    /// <summary>Makes or changes secrets: a session must have given its password a short while ago.</summary>
    public static RouteHandlerBuilder Confirmed(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new RequiredConfirmation()).Says("A session must have been confirmed a short while ago.").Fails(ErrorCode.ConfirmationRequired);

    /// <summary>Describes the body without the framework's check of its type, whose answer has no body of ours.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint) => endpoint
        .AddOpenApiOperationTransformer(static async (operation, context, token) =>
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = await JsonAsync<T>(context, token) })
        .Fails(ErrorCode.InvalidJson, ErrorCode.MissingField, ErrorCode.InvalidInput, ErrorCode.RequestTooLarge, ErrorCode.UnsupportedMediaType);

    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder endpoint, IEnumerable<QueryField> fields) => endpoint
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var field in fields)
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = field.Name,
                    In = ParameterLocation.Query,
                    Description = field.Description,
                    Schema = new OpenApiSchema { Type = field.Type, Enum = field.Words is { } words ? [.. words.Select(static word => (JsonNode)word)] : null },
                });
            }

            return Task.CompletedTask;
        })
        .Fails(ErrorCode.InvalidQuery);

    public static TBuilder Fails<TBuilder>(this TBuilder endpoint, params ErrorCode[] codes)
        where TBuilder : IEndpointConventionBuilder => endpoint.AddOpenApiOperationTransformer(async (operation, context, token) =>
    {
        operation.Responses ??= [];
        var content = await JsonAsync<ErrorBody>(context, token);
        foreach (var status in codes.GroupBy(static code => code.Status))
        {
            var key = status.Key.ToString(CultureInfo.InvariantCulture);
            var words = string.Join(", ", status.Select(static code => code.Code));
            var known = operation.Responses.TryGetValue(key, out var other) ? other.Description + ", " : "";
            operation.Responses[key] = new OpenApiResponse { Description = known + words, Content = content };
        }
    });

    private static RouteHandlerBuilder Says(this RouteHandlerBuilder endpoint, string sentence) => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.Description = operation.Description is { Length: > 0 } said ? $"{said} {sentence}" : sentence;
        return Task.CompletedTask;
    });

    private static async Task<Dictionary<string, OpenApiMediaType>> JsonAsync<T>(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var name = typeof(T).Name;
        document.AddComponent(name, await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken));
        return new() { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(name, document) } };
    }
}
