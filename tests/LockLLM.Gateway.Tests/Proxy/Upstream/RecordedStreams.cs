using System.Text;
using LockLLM.Gateway.Proxy.Upstream;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>Streams as the providers' documentation shows them, with the line ends and oddities that are met in the wild.</summary>
internal static class RecordedStreams
{
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, string>
    {
        ["openai chat"] =
            "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
            + "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\"Grüße 👋🏽 — 你好\"}}]}\n\n"
            + "data: {\"id\":\"c1\",\"choices\":[{\"delta\":{\"content\":\"a\\n\\nb \\\"usage\\\": {}\"}}]}\n\n"
            + "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n"
            + "data: [DONE]\n\n",
        ["openai responses"] =
            "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r1\",\"usage\":null}}\n\n"
            + "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n"
            + "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":3}}}\n\n",
        ["anthropic messages"] =
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n"
            + "event: ping\ndata: {\"type\": \"ping\"}\n\n"
            + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello ☃\"}}\n\n"
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":3}}\n\n"
            + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ["gemini with carriage returns"] =
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]}}],\"usageMetadata\":{\"promptTokenCount\":9}}\r\n\r\n"
            + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"!\"}]}}],\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":3}}\r\n\r\n",
        ["openrouter with comments"] =
            ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n"
            + "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n",
        ["cohere chat"] =
            "event: content-delta\ndata: {\"type\":\"content-delta\",\"delta\":{\"message\":{\"content\":{\"text\":\"x\"}}}}\n\n"
            + "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"usage\":{\"billed_units\":{\"input_tokens\":9,\"output_tokens\":3},\"tokens\":{\"input_tokens\":9,\"output_tokens\":3}}}}\n\n",
        ["openai completions"] =
            "data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[{\"text\":\"\\r\\n\\r\\n\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n"
            + "data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}\n\ndata: [DONE]\n\n",
        ["azure with its filters first"] =
            "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}}]}\n\n"
            + "data: {\"choices\":[{\"content_filter_results\":{},\"delta\":{\"content\":\"x\"},\"index\":0}],\"id\":\"c1\",\"usage\":null}\n\n"
            + "data: {\"choices\":[],\"id\":\"c1\",\"usage\":{\"completion_tokens\":3,\"prompt_tokens\":9,\"total_tokens\":12}}\n\ndata: [DONE]\n\n",
        ["deepseek with keep-alives and reasoning"] =
            ": keep-alive\n\n: keep-alive\n\ndata: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"Hm\"}}]}\n\n"
            + "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"prompt_cache_hit_tokens\":0}}\n\ndata: [DONE]\n\n",
        ["perplexity with sources"] =
            "data: {\"id\":\"p1\",\"citations\":[\"https://a.example/?q=1\"],\"choices\":[{\"delta\":{\"content\":\"x[1]\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\r\n\r\n"
            + "data: {\"id\":\"p1\",\"citations\":[\"https://a.example/?q=1\"],\"choices\":[{\"delta\":{\"content\":\".\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\r\n\r\n",
        ["anthropic with a tool call"] =
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"content\":[],\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":0,\"output_tokens\":1}}}\n\n"
            + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"find\",\"input\":{}}}\n\n"
            + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\": \\\"\\\\n\\\\n\\\"}\"}}\n\n"
            + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":3}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ["an error in the middle"] =
            "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\n"
            + "event: error\ndata: {\"error\":{\"message\":\"The server had an error.\",\"type\":\"server_error\",\"code\":null}}\n\n",
        ["no blank line at the end"] =
            "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}",
        ["mixed line ends and a byte order mark"] =
            "\uFEFFretry: 10\n\ndata: a\ndata: b\r\n\n\n\ndata: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\r\n: end\n",
    }.ToDictionary(static stream => stream.Key, static stream => Encoding.UTF8.GetBytes(stream.Value));

    public static IReadOnlyDictionary<string, TokenUsage> Usage { get; } = All.Keys.ToDictionary(static name => name, static _ => new TokenUsage(9, 3));
}
