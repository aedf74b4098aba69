using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>The last event of a stream that broke: what each provider's official client turns into its typed error.</summary>
internal static class StreamError
{
    public static byte[] Event(ProtocolKind protocol, Error error, string requestId)
    {
        using var bytes = new MemoryStream();
        bytes.Write(protocol switch
        {
            ProtocolKind.AnthropicMessages or ProtocolKind.OpenAiResponses or ProtocolKind.CohereChat => "event: error\ndata: "u8,
            _ => "data: "u8,
        });
        if (protocol == ProtocolKind.AnthropicMessages)
        {
            JsonSerializer.Serialize(bytes, error.ToBody(requestId), WireJson.Default.ErrorBody);
        }
        else
        {
            Write(bytes, protocol, error, requestId);
        }

        bytes.Write("\n\n"u8);
        return bytes.ToArray();
    }

    private static void Write(Stream bytes, ProtocolKind protocol, Error error, string requestId)
    {
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        if (protocol == ProtocolKind.OpenAiResponses)
        {
            // The event of the responses API, which clients hand to their callers; the object below makes them throw.
            json.WriteString("type", "error");
            json.WriteString("code", error.Code.Code);
            json.WriteString("message", error.Message);
            json.WriteNull("param");
        }

        json.WriteStartObject("error");
        if (protocol == ProtocolKind.GeminiContent)
        {
            json.WriteNumber("code", error.Code.Status);
            json.WriteString("status", error.Code.Status == 504 ? "DEADLINE_EXCEEDED" : "UNAVAILABLE");
        }
        else
        {
            json.WriteString("type", error.Code.Type);
            json.WriteString("code", error.Code.Code);
        }

        json.WriteString("message", error.Message);
        json.WriteString("request_id", requestId);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
