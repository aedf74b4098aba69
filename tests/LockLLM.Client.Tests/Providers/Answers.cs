using Microsoft.AspNetCore.Http;

namespace LockLLM.Client.Tests.Providers;

/// <summary>What model providers answer.</summary>
internal static class Answers
{
    public const string OpenAI = """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

    public const string OpenAIError = """{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""";

    public const string Anthropic = """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}""";

    public const string AnthropicError = """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"},"request_id":"req_provider"}""";

    public const string EndOfOpenAI = "data: [DONE]\n\n";

    public static string OpenAIChunk(string text) =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"{{text}}"},"finish_reason":null}]}""" + "\n\n";

    public static string MidStreamError => "data: {\"error\":{\"type\":\"upstream_error\",\"code\":\"provider_error\",\"message\":\"Provider closed the stream.\",\"request_id\":\"req_9c5\"}}\n\n";

    public static IEnumerable<string> AnthropicEvents(string text)
    {
        yield return Event("message_start", """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":0}}}""");
        yield return Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        yield return Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}""");
    }

    public static string AnthropicMidStreamError => Event("error", """{"type":"error","error":{"type":"upstream_error","code":"provider_error","message":"Provider closed the stream.","request_id":"req_9c5","status":502},"request_id":"req_9c5"}""");

    public static IEnumerable<string> EndOfAnthropic()
    {
        yield return Event("content_block_stop", """{"type":"content_block_stop","index":0}""");
        yield return Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}""");
        yield return Event("message_stop", """{"type":"message_stop"}""");
    }

    public static async Task StreamAsync(HttpContext context, IEnumerable<string> pieces, params (string Name, string Value)[] headers)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }
        }

        foreach (var piece in pieces)
        {
            await context.Response.WriteAsync(piece);
            await context.Response.Body.FlushAsync();
        }
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
