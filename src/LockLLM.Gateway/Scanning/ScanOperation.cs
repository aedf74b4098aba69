using System.Globalization;
using System.Text.Json.Nodes;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Scan;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LockLLM.Gateway.Scanning;

/// <summary>
/// The scan in the OpenAPI document. Written by hand: the endpoint reads its body itself, and telling routing what it
/// accepts would make routing answer before the key was looked at.
/// </summary>
internal static class ScanOperation
{
    private static readonly ErrorCode[] s_errors =
    [
        ErrorCode.PromptInjectionDetected, ErrorCode.InvalidParameter, ErrorCode.FeatureUnavailable, ErrorCode.MissingInput, ErrorCode.InvalidJson,
        ErrorCode.Unauthorized, ErrorCode.InputTooLong, ErrorCode.RequestTooLarge, ErrorCode.UnsupportedMediaType, ErrorCode.InternalError, ErrorCode.ScanUnavailable,
    ];

    public static async Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.OperationId = "scan";
        operation.Description = "Every control can be given as a header or in the body; the header wins.";
        operation.Parameters = [.. Control.All.Where(control => control.Header is not null && control.Served.Count > 0).Select(control => new OpenApiParameter
        {
            Name = control.Header,
            In = ParameterLocation.Header,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. control.Served.Select(word => JsonValue.Create(word))] },
        })];
        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = await JsonAsync<ScanRequest>(context, cancellationToken) };
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse { Description = "The verdict.", Content = await JsonAsync<ScanResponse>(context, cancellationToken) },
        };
        var error = await JsonAsync<ErrorBody>(context, cancellationToken);
        foreach (var status in s_errors.GroupBy(code => code.Status))
        {
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] =
                new OpenApiResponse { Description = string.Join(", ", status.Select(code => code.Code)), Content = error };
        }
    }

    private static async Task<Dictionary<string, OpenApiMediaType>> JsonAsync<T>(OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var name = typeof(T).Name;
        document.AddComponent(name, await context.GetOrCreateSchemaAsync(typeof(T), null, cancellationToken));
        return new() { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(name, document) } };
    }
}
