using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy;

/// <summary>
/// Errors in the shape that the official client of a route turns into its own typed error. The clients of OpenAI and
/// Anthropic both read the one shape of the wire; others need something more, or something else.
/// </summary>
internal static class RouteErrors
{
    public static Task WriteAsync(HttpContext context, ProtocolKind protocol, Error error)
    {
        var response = context.Response;
        ErrorResult.WriteHead(response, error);
        var body = error.ToBody(context.TraceIdentifier);
        switch (protocol)
        {
            case ProtocolKind.GeminiContent or ProtocolKind.GeminiEmbeddings:
                return WriteAsync(response, Google(error, context.TraceIdentifier));
            case ProtocolKind.CohereChat or ProtocolKind.CohereRerank or ProtocolKind.CohereEmbeddings:
                return JsonAnswer.WriteAsync(response, body with { Message = error.Message }, WireJson.Default.ErrorBody);
            case ProtocolKind.BedrockConverse:
                // Clients of AWS choose their exception by this header.
                response.Headers["x-amzn-ErrorType"] = error.Code.Status switch
                {
                    401 or 403 => "AccessDeniedException",
                    404 => "ResourceNotFoundException",
                    429 => "ThrottlingException",
                    503 => "ServiceUnavailableException",
                    504 => "ModelTimeoutException",
                    >= 500 => "InternalServerException",
                    _ => "ValidationException",
                };
                return JsonAnswer.WriteAsync(response, body with { Message = error.Message }, WireJson.Default.ErrorBody);
            default:
                return JsonAnswer.WriteAsync(response, body, WireJson.Default.ErrorBody);
        }
    }

    // google.rpc.Status: the code is the HTTP status as a number, ours goes where its clients look for reasons.
    private static byte[] Google(Error error, string requestId)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteNumber("code", error.Code.Status);
            json.WriteString("message", error.Message);
            json.WriteString("status", error.Code.Status switch
            {
                401 => "UNAUTHENTICATED",
                403 => "PERMISSION_DENIED",
                404 => "NOT_FOUND",
                429 => "RESOURCE_EXHAUSTED",
                500 => "INTERNAL",
                502 or 503 => "UNAVAILABLE",
                504 => "DEADLINE_EXCEEDED",
                _ => "INVALID_ARGUMENT",
            });
            json.WriteString("type", error.Code.Type);
            json.WriteString("request_id", requestId);
            if (error.ScanResult is { } result)
            {
                json.WritePropertyName("scan_result");
                JsonSerializer.Serialize(json, result, WireJson.Default.ScanResult);
            }

            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
            json.WriteString("reason", error.Code.Code.ToUpperInvariant());
            json.WriteString("domain", "lockllm");
            json.WriteStartObject("metadata");
            json.WriteString("code", error.Code.Code);
            if (error.Param is { } param)
            {
                json.WriteString("param", param);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static Task WriteAsync(HttpResponse response, byte[] json)
    {
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, response.HttpContext.RequestAborted).AsTask();
    }
}
