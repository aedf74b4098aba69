using System.Text;
using System.Text.Json;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Tests.Proxy.Protocols;

/// <summary>A place in a body where text reaches a model. <c>§</c> stands for the text; in <c>§base64§</c> it stands encoded.</summary>
/// <param name="Path">Under <c>/v1/proxy/</c>.</param>
internal sealed record FieldPlace(ProtocolKind Protocol, string Path, string Name, TextOrigin Origin, string Template)
{
    public string With(string text) => Template
        .Replace("§base64§", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal)
        .Replace("§percent§", Uri.EscapeDataString(text), StringComparison.Ordinal)
        // Arguments of functions are JSON within a string.
        .Replace("§json§", JsonEncodedText.Encode(JsonEncodedText.Encode(text).ToString()).ToString(), StringComparison.Ordinal)
        .Replace("§", JsonEncodedText.Encode(text).ToString(), StringComparison.Ordinal);

    /// <summary>The same call with its answer as a stream: Google and Bedrock have a path for that, the others a field.</summary>
    public (string Path, string Body) Streamed(string body) => Protocol switch
    {
        ProtocolKind.GeminiContent => (Path.Replace(":generateContent", ":streamGenerateContent", StringComparison.Ordinal) + "?alt=sse", body),
        ProtocolKind.BedrockConverse => (Path + "-stream", body),
        _ => (Path, body.Insert(1, "\"stream\":true,")),
    };

    public override string ToString() => $"{Protocol} {Name}";
}

/// <summary>Every kind of field of every protocol.</summary>
internal static class FieldPlaces
{
    private const string Chat = "openai/chat/completions";
    private const string Responses = "openai/responses";
    private const string Messages = "anthropic/v1/messages";
    private const string Gemini = "gemini/v1beta/models/gemini-2.5-flash:generateContent";
    private const string CohereV2 = "cohere/v2/chat";
    private const string CohereV1 = "cohere/v1/chat";
    private const string Converse = "bedrock/model/amazon.nova-lite-v1:0/converse";

    public static IReadOnlyList<FieldPlace> All { get; } =
    [
        .. Of(ProtocolKind.OpenAiChat, Chat,
            ("user", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":"§"}]}"""),
            ("content before role", TextOrigin.User, """{"messages":[{"content":"§","role":"user"}],"model":"m"}"""),
            ("text part", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look:"},{"text":"§","type":"text"}]}]}"""),
            ("name", TextOrigin.Name, """{"model":"m","messages":[{"role":"user","content":"Hi","name":"§"}]}"""),
            ("no role", TextOrigin.User, """{"model":"m","messages":[{"content":"§"}]}"""),
            ("unknown role", TextOrigin.User, """{"model":"m","messages":[{"role":"critic","content":"§"}]}"""),
            ("role itself", TextOrigin.User, """{"model":"m","messages":[{"role":"§","content":"Hi"}]}"""),
            ("system", TextOrigin.System, """{"model":"m","messages":[{"role":"system","content":"§"},{"role":"user","content":"Hi"}]}"""),
            ("developer", TextOrigin.System, """{"model":"m","messages":[{"role":"developer","content":[{"type":"text","text":"§"}]},{"role":"user","content":"Hi"}]}"""),
            ("assistant", TextOrigin.Assistant, """{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"§"},{"role":"user","content":"Go on"}]}"""),
            ("assistant refusal", TextOrigin.Assistant, """{"model":"m","messages":[{"role":"assistant","content":[{"type":"refusal","refusal":"§"}]},{"role":"user","content":"Go on"}]}"""),
            ("reasoning", TextOrigin.Assistant, """{"model":"m","messages":[{"role":"assistant","content":"Hi","reasoning_content":"§"},{"role":"user","content":"Go on"}]}"""),
            ("tool arguments", TextOrigin.Arguments, """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":"{\"q\":\"§json§\"}"}}]},{"role":"tool","tool_call_id":"call_1","content":"none"}]}"""),
            ("custom tool input", TextOrigin.Arguments, """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"call_1","type":"custom","custom":{"name":"run","input":"§"}}]},{"role":"tool","tool_call_id":"call_1","content":"none"}]}"""),
            ("function name", TextOrigin.Name, """{"model":"m","messages":[{"role":"assistant","function_call":{"name":"§","arguments":"{}"}},{"role":"user","content":"Hi"}]}"""),
            ("tool result", TextOrigin.ToolResult, """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"§"}]}"""),
            ("tool result part", TextOrigin.ToolResult, """{"model":"m","messages":[{"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"§"}]}]}"""),
            ("function result", TextOrigin.ToolResult, """{"model":"m","messages":[{"role":"function","name":"find","content":"§"}]}"""),
            ("file in a data URL", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,§base64§"}}]}]}"""),
            ("file in a percent-encoded data URL", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:text/csv;charset=utf-8,§percent§"}}]}]}"""),
            ("picture drawn in text", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/svg+xml;base64,§base64§"}}]}]}"""),
            ("file of an odd type", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/x-patch;base64,§base64§"}}]}]}"""),
            ("file without a data URL", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"§base64§"}}]}]}"""),
            ("text said to be a picture", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,§base64§"}}]}]}"""),
            ("words in place of an address", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"§"}}]}]}"""),
            ("file name", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1","filename":"§"}}]}]}"""),
            ("tool description", TextOrigin.Definition, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"find","description":"§","parameters":{"type":"object"}}}]}"""),
            ("schema text", TextOrigin.Definition, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"properties":{"x":{"description":"§"}}}}}}"""),
            ("prediction", TextOrigin.Assistant, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"prediction":{"type":"content","content":"§"}}"""),
            ("documents", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"documents":[{"title":"One","text":"§"}]}"""),
            ("unknown field", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"context_hints":{"deep":[{"er":["§"]}]}}"""),
            ("unknown field of a message", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":"Hi","aside":"§"}]}"""),
            ("unknown part", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":[{"type":"poem","poem":{"lines":["§"]}}]}]}"""),
            ("identifier that is none", TextOrigin.ToolResult, """{"model":"m","messages":[{"role":"tool","tool_call_id":"§","content":"none"}]}"""),
            ("name of an unknown field", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"hints":{"§":1}}""")),
        .. Of(ProtocolKind.OpenAiResponses, Responses,
            ("string", TextOrigin.User, """{"model":"m","input":"§"}"""),
            ("message", TextOrigin.User, """{"model":"m","input":[{"role":"user","content":"§"}]}"""),
            ("text part", TextOrigin.User, """{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"§"}]}]}"""),
            ("instructions", TextOrigin.System, """{"model":"m","instructions":"§","input":"Hi"}"""),
            ("developer", TextOrigin.System, """{"model":"m","input":[{"role":"developer","content":"§"},{"role":"user","content":"Hi"}]}"""),
            ("assistant", TextOrigin.Assistant, """{"model":"m","input":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"§"}]},{"role":"user","content":"Hi"}]}"""),
            ("reasoning summary", TextOrigin.Assistant, """{"model":"m","input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"§"}]},{"role":"user","content":"Hi"}]}"""),
            ("function name", TextOrigin.Name, """{"model":"m","input":[{"type":"function_call","call_id":"c","name":"§","arguments":"{}"},{"role":"user","content":"Hi"}]}"""),
            ("arguments", TextOrigin.Arguments, """{"model":"m","input":[{"type":"function_call","call_id":"c","name":"find","arguments":"{\"q\":\"§json§\"}"},{"type":"function_call_output","call_id":"c","output":"none"}]}"""),
            ("custom tool input", TextOrigin.Arguments, """{"model":"m","input":[{"type":"custom_tool_call","call_id":"c","name":"run","input":"§"},{"type":"custom_tool_call_output","call_id":"c","output":"none"}]}"""),
            ("shell action", TextOrigin.Arguments, """{"model":"m","input":[{"type":"local_shell_call","call_id":"c","action":{"type":"exec","command":["echo","§"]}},{"role":"user","content":"Hi"}]}"""),
            ("function output", TextOrigin.ToolResult, """{"model":"m","input":[{"type":"function_call","call_id":"c","name":"find","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"§"}]}"""),
            ("function output part", TextOrigin.ToolResult, """{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"§"}]}]}"""),
            ("shell output", TextOrigin.ToolResult, """{"model":"m","input":[{"type":"shell_call_output","call_id":"c","output":[{"stdout":"§","stderr":""}]}]}"""),
            ("search result", TextOrigin.ToolResult, """{"model":"m","input":[{"type":"file_search_call","id":"f","queries":["a"],"results":[{"filename":"a.txt","text":"§"}]},{"role":"user","content":"Hi"}]}"""),
            ("code output", TextOrigin.ToolResult, """{"model":"m","input":[{"type":"code_interpreter_call","id":"f","code":"1","outputs":[{"type":"logs","logs":"§"}]},{"role":"user","content":"Hi"}]}"""),
            ("file", TextOrigin.Document, """{"model":"m","input":[{"role":"user","content":[{"type":"input_file","filename":"a.md","file_data":"data:text/markdown;base64,§base64§"}]}]}"""),
            ("tool description", TextOrigin.Definition, """{"model":"m","input":"Hi","tools":[{"type":"function","name":"find","description":"§"}]}"""),
            ("prompt variable", TextOrigin.User, """{"model":"m","prompt":{"id":"pmpt_1","variables":{"city":"§"}}}"""),
            ("unknown item", TextOrigin.User, """{"model":"m","input":[{"type":"thought_from_2027","payload":{"words":"§"}}]}""")),
        .. Of(ProtocolKind.OpenAiCompletions, "openai/completions",
            ("prompt", TextOrigin.User, """{"model":"m","prompt":"§"}"""),
            ("prompts", TextOrigin.User, """{"model":"m","prompt":["Hi","§"]}"""),
            ("suffix", TextOrigin.User, """{"model":"m","prompt":"Hi","suffix":"§"}""")),
        .. Of(ProtocolKind.OpenAiEmbeddings, "openai/embeddings",
            ("input", TextOrigin.User, """{"model":"m","input":"§"}"""),
            ("inputs", TextOrigin.User, """{"model":"m","input":["Hi","§"]}""")),
        .. Of(ProtocolKind.OpenAiModerations, "openai/moderations",
            ("input", TextOrigin.User, """{"model":"m","input":"§"}"""),
            ("text part", TextOrigin.User, """{"model":"m","input":[{"type":"text","text":"§"}]}""")),
        .. new[] { (ProtocolKind.AnthropicMessages, Messages), (ProtocolKind.AnthropicCountTokens, Messages + "/count_tokens") }.SelectMany(static route => Of(route.Item1, route.Item2,
            ("user", TextOrigin.User, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"§"}]}"""),
            ("text block", TextOrigin.User, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"§"}]}]}"""),
            ("system", TextOrigin.System, """{"model":"m","max_tokens":9,"system":"§","messages":[{"role":"user","content":"Hi"}]}"""),
            ("system block", TextOrigin.System, """{"model":"m","max_tokens":9,"system":[{"type":"text","text":"§","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hi"}]}"""),
            ("assistant", TextOrigin.Assistant, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"§"},{"role":"user","content":"Go on"}]}"""),
            ("thinking", TextOrigin.Assistant, """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"§","signature":"c2lnbmF0dXJl"}]},{"role":"user","content":"Go on"}]}"""),
            ("tool input", TextOrigin.Arguments, """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"find","input":{"deep":{"q":["§"]}}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"none"}]}]}"""),
            ("tool name", TextOrigin.Name, """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"§","input":{}}]},{"role":"user","content":"Hi"}]}"""),
            ("tool result", TextOrigin.ToolResult, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"§"}]}]}"""),
            ("tool result block", TextOrigin.ToolResult, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"§"}]}]}]}"""),
            ("search result", TextOrigin.ToolResult, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"search_result","source":"https://a.example","title":"A","content":[{"type":"text","text":"§"}]}]}]}"""),
            ("plain document", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"§"}}]}]}"""),
            ("document with its type behind", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"source":{"data":"§","media_type":"text/plain","type":"text"},"type":"document"}]}]}"""),
            ("encoded document", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"text/html","data":"§base64§"}}]}]}"""),
            ("document of blocks", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"text","text":"§"}]}}]}]}"""),
            ("document title", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","title":"§","source":{"type":"text","media_type":"text/plain","data":"a"}}]}]}"""),
            ("document in a tool result", TextOrigin.Document, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"§"}}]}]}]}"""),
            ("tool description", TextOrigin.Definition, """{"model":"m","max_tokens":9,"tools":[{"name":"find","description":"§","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"Hi"}]}"""),
            ("tool input that begins like a data URL", TextOrigin.Arguments, """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"find","input":{"q":"data:x/y, §"}}]},{"role":"user","content":"Hi"}]}"""),
            ("unknown block", TextOrigin.User, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"scroll","verses":["§"]}]}]}"""))),
        .. Of(ProtocolKind.GeminiContent, Gemini,
            ("user", TextOrigin.User, """{"contents":[{"role":"user","parts":[{"text":"§"}]}]}"""),
            ("no role", TextOrigin.User, """{"contents":[{"parts":[{"text":"§"}]}]}"""),
            ("single content", TextOrigin.User, """{"contents":{"parts":{"text":"§"}}}"""),
            ("system", TextOrigin.System, """{"systemInstruction":{"parts":[{"text":"§"}]},"contents":[{"parts":[{"text":"Hi"}]}]}"""),
            ("system, other spelling", TextOrigin.System, """{"system_instruction":{"parts":{"text":"§"}},"contents":[{"parts":[{"text":"Hi"}]}]}"""),
            ("model", TextOrigin.Assistant, """{"contents":[{"role":"model","parts":[{"text":"§"}]},{"role":"user","parts":[{"text":"Hi"}]}]}"""),
            ("function name", TextOrigin.Name, """{"contents":[{"role":"model","parts":[{"functionCall":{"name":"§","args":{}}}]},{"role":"user","parts":[{"text":"Hi"}]}]}"""),
            ("call", TextOrigin.Arguments, """{"contents":[{"role":"model","parts":[{"functionCall":{"name":"find","args":{"q":"§"}}}]},{"role":"user","parts":[{"text":"Hi"}]}]}"""),
            ("function response", TextOrigin.ToolResult, """{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"output":[{"page":"§"}]}}}]}]}"""),
            ("function response, other spelling", TextOrigin.ToolResult, """{"contents":[{"role":"function","parts":[{"function_response":{"name":"find","response":{"output":"§"}}}]}]}"""),
            ("function response that begins like a data URL", TextOrigin.ToolResult, """{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"output":"data:image/png,§"}}}]}]}"""),
            ("function response that begins like base64", TextOrigin.ToolResult, """{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"output":"data:image/png;base64,iVBORw0KGgoA §"}}}]}]}"""),
            ("function response in the head of a data URL", TextOrigin.ToolResult, """{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"output":"data:§;base64,iVBORw0KGgoA"}}}]}]}"""),
            ("text in a data URL of a function response", TextOrigin.ToolResult, """{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"find","response":{"file":"data:application/octet-stream;base64,§base64§"}}}]}]}"""),
            ("code output", TextOrigin.ToolResult, """{"contents":[{"role":"model","parts":[{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"§"}}]},{"role":"user","parts":[{"text":"Hi"}]}]}"""),
            ("inline text", TextOrigin.Document, """{"contents":[{"parts":[{"inlineData":{"mimeType":"text/plain","data":"§base64§"}}]}]}"""),
            ("inline text, type behind", TextOrigin.Document, """{"contents":[{"parts":[{"inline_data":{"data":"§base64§","mime_type":"text/csv"}}]}]}"""),
            ("tool description", TextOrigin.Definition, """{"contents":[{"parts":[{"text":"Hi"}]}],"tools":[{"functionDeclarations":[{"name":"find","description":"§"}]}]}"""),
            ("response schema", TextOrigin.Definition, """{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{"responseSchema":{"description":"§"}}}"""),
            ("unknown part", TextOrigin.User, """{"contents":[{"parts":[{"dream":{"scene":"§"}}]}]}"""),
            ("count tokens", TextOrigin.User, """{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"§"}]}]}}""")),
        .. Of(ProtocolKind.GeminiContent, "gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent",
            ("user", TextOrigin.User, """{"contents":[{"role":"user","parts":[{"text":"§"}]}]}""")),
        .. Of(ProtocolKind.GeminiEmbeddings, "gemini/v1beta/models/text-embedding-004:embedContent",
            ("content", TextOrigin.User, """{"content":{"parts":[{"text":"§"}]}}"""),
            ("batch", TextOrigin.User, """{"requests":[{"model":"models/m","content":{"parts":[{"text":"§"}]}}]}""")),
        .. Of(ProtocolKind.CohereChat, CohereV2,
            ("user", TextOrigin.User, """{"model":"m","messages":[{"role":"user","content":"§"}]}"""),
            ("system", TextOrigin.System, """{"model":"m","messages":[{"role":"system","content":"§"},{"role":"user","content":"Hi"}]}"""),
            ("assistant plan", TextOrigin.Assistant, """{"model":"m","messages":[{"role":"assistant","tool_plan":"§"},{"role":"user","content":"Hi"}]}"""),
            ("tool result", TextOrigin.ToolResult, """{"model":"m","messages":[{"role":"tool","tool_call_id":"c","content":"§"}]}"""),
            ("tool document", TextOrigin.Document, """{"model":"m","messages":[{"role":"tool","tool_call_id":"c","content":[{"type":"document","document":{"id":"1","data":{"text":"§"}}}]}]}"""),
            ("arguments", TextOrigin.Arguments, """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"find","arguments":"{\"q\":\"§json§\"}"}}]},{"role":"user","content":"Hi"}]}"""),
            ("function name", TextOrigin.Name, """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"§","arguments":"{}"}}]},{"role":"user","content":"Hi"}]}"""),
            ("tool description", TextOrigin.Definition, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"find","description":"§"}}]}"""),
            ("document", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"documents":[{"id":"1","data":{"snippet":"§"}}]}"""),
            ("document as string", TextOrigin.Document, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"documents":["a","§"]}""")),
        .. Of(ProtocolKind.CohereChat, CohereV1,
            ("message", TextOrigin.User, """{"model":"m","message":"§"}"""),
            ("preamble", TextOrigin.System, """{"model":"m","preamble":"§","message":"Hi"}"""),
            ("history of the user", TextOrigin.User, """{"model":"m","chat_history":[{"role":"USER","message":"§"}],"message":"Hi"}"""),
            ("history of the model", TextOrigin.Assistant, """{"model":"m","chat_history":[{"role":"CHATBOT","message":"§"}],"message":"Hi"}"""),
            ("tool results", TextOrigin.ToolResult, """{"model":"m","message":"Hi","tool_results":[{"call":{"name":"find","parameters":{}},"outputs":[{"page":"§"}]}]}""")),
        .. Of(ProtocolKind.CohereRerank, "cohere/v2/rerank",
            ("query", TextOrigin.User, """{"model":"m","query":"§","documents":["a"]}"""),
            ("document", TextOrigin.Document, """{"model":"m","query":"Hi","documents":["a","§"]}""")),
        .. Of(ProtocolKind.CohereEmbeddings, "cohere/v2/embed",
            ("texts", TextOrigin.User, """{"model":"m","input_type":"search_query","texts":["Hi","§"]}"""),
            ("inputs", TextOrigin.User, """{"model":"m","inputs":[{"content":[{"type":"text","text":"§"}]}]}""")),
        .. Of(ProtocolKind.BedrockConverse, Converse,
            ("user", TextOrigin.User, """{"messages":[{"role":"user","content":[{"text":"§"}]}]}"""),
            ("system", TextOrigin.System, """{"system":[{"text":"§"}],"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"""),
            ("assistant", TextOrigin.Assistant, """{"messages":[{"role":"user","content":[{"text":"Hi"}]},{"role":"assistant","content":[{"text":"§"}]},{"role":"user","content":[{"text":"Go on"}]}]}"""),
            ("reasoning", TextOrigin.Assistant, """{"messages":[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"§"}}}]},{"role":"user","content":[{"text":"Go on"}]}]}"""),
            ("tool name", TextOrigin.Name, """{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"§","input":{}}}]},{"role":"user","content":[{"text":"Hi"}]}]}"""),
            ("tool description", TextOrigin.Definition, """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"find","description":"§"}}]}}"""),
            ("tool input", TextOrigin.Arguments, """{"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"find","input":{"q":"§"}}}]},{"role":"user","content":[{"text":"Hi"}]}]}"""),
            ("tool result", TextOrigin.ToolResult, """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"§"}]}}]}]}"""),
            ("tool result in JSON", TextOrigin.ToolResult, """{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"page":"§"}}]}}]}]}"""),
            ("document", TextOrigin.Document, """{"messages":[{"role":"user","content":[{"document":{"name":"a","format":"txt","source":{"bytes":"§base64§"}}}]}]}"""),
            ("document in plain text", TextOrigin.Document, """{"messages":[{"role":"user","content":[{"document":{"name":"a","format":"txt","source":{"text":"§"}}}]}]}""")),
        .. Of(ProtocolKind.Unknown, "openai/images/generations",
            ("anything", TextOrigin.User, """{"prompt":"§"}"""),
            ("anything deep", TextOrigin.User, """{"a":{"b":[{"c":"§"}]}}""")),
    ];

    private static IEnumerable<FieldPlace> Of(ProtocolKind protocol, string path, params (string Name, TextOrigin Origin, string Template)[] places) =>
        places.Select(place => new FieldPlace(protocol, path, place.Name, place.Origin, place.Template));
}
