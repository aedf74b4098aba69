using LockLLM.Contracts;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace LockLLM.Gateway.Hosting;

/// <summary>The OpenAPI document and a page to read and try it. The page's script ships with the gateway; nothing is fetched from elsewhere.</summary>
internal static class ApiReference
{
    public const string Path = "/reference";
    public const string DocumentPath = "/openapi/v1.json";

    /// <summary>Scalar's page builds its own inline script and styles; everything else must come from here.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'";

    private const string KeyScheme = "ApiKey";

    public static IServiceCollection AddApiReference(this IServiceCollection services) => services.ConfigureHttpJsonOptions(static json =>
    {
        // The document describes types as they are serialized.
        json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default);
        json.SerializerOptions.PropertyNamingPolicy = WireJson.Default.Options.PropertyNamingPolicy;
        json.SerializerOptions.NumberHandling = WireJson.Default.Options.NumberHandling;
        json.SerializerOptions.DefaultIgnoreCondition = WireJson.Default.Options.DefaultIgnoreCondition;
    }).AddOpenApi(static options =>
    {
        options.AddSchemaTransformer(static (schema, context, _) =>
        {
            // What is absent is left out; only param of an error is written as null.
            if (context.JsonPropertyInfo is { Name: not "param" })
            {
                schema.Type &= ~JsonSchemaType.Null;
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LockLLM gateway",
                Version = "v1",
                Description = "Finds attacks on a language model's instructions in text.",
            };
            document.Servers = null;
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A LockLLM API key: llm_..." },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(DocumentPath).AllowAnonymous();
        routes.MapScalarApiReference(Path, static scalar => scalar
            .WithTitle("LockLLM API")
            .WithOpenApiRoutePattern(DocumentPath)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton()
            .AddPreferredSecuritySchemes(KeyScheme)).AllowAnonymous();
    }
}
