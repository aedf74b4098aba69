namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>
/// <c>chat/completions</c>, also as spoken by Mistral, OpenRouter, Groq and the others of that shape.
/// Source: the OpenAPI documents of OpenAI and Mistral, the reference pages of OpenRouter and vLLM.
/// </summary>
internal static class OpenAiChat
{
    /// <summary>What a call to a function says, wherever one stands.</summary>
    public static readonly Shape Function = new(
    [
        Field.Text("name", TextOrigin.Name),
        Field.Whole("arguments", TextOrigin.Arguments),
        Field.Whole("input", TextOrigin.Arguments),
        .. Field.Words("id", "type"),
    ])
    { Other = Field.Whole("", TextOrigin.Arguments) };

    public static readonly Shape ToolCall = new(
    [
        Field.Text("function", TextOrigin.Arguments, Function),
        Field.Text("custom", TextOrigin.Arguments, Function),
        .. Field.Words("id", "type"),
        .. Field.Ignored("extra_content"), // signatures of Gemini's thoughts
    ])
    { Other = Field.Whole("", TextOrigin.Arguments) };

    private static readonly Shape s_audio = new(
    [
        Field.Data("data", UnscannedKind.Audio),
        Field.Text("transcript"),
        .. Field.Words("id", "format"),
    ])
    { Other = Field.Whole("") };

    private static Shape Link(UnscannedKind kind) => new(
    [
        Field.Url("url", kind),
        .. Field.Words("detail", "format"),
    ])
    { Other = Field.Whole("") };

    private static readonly Shape s_file = new(
    [
        Field.Url("file_data", UnscannedKind.File),
        Field.Url("file_url", UnscannedKind.File),
        Field.Reference("file_id"),
        Field.Text("filename", TextOrigin.Document),
    ])
    { Other = Field.Whole("", TextOrigin.Document) };

    /// <summary>A piece of content, of chat and of the responses API.</summary>
    public static readonly Shape Part = new(
    [
        Field.Text("text"),
        new Field("image_url", FieldKind.Url, TextOrigin.Document, Link(UnscannedKind.Image)) { Unscanned = UnscannedKind.Image },
        new Field("video_url", FieldKind.Url, TextOrigin.Document, Link(UnscannedKind.Video)) { Unscanned = UnscannedKind.Video },
        new Field("audio_url", FieldKind.Url, TextOrigin.Document, Link(UnscannedKind.Audio)) { Unscanned = UnscannedKind.Audio },
        new Field("document_url", FieldKind.Url, TextOrigin.Document, Link(UnscannedKind.File)),
        Field.Text("document_name", TextOrigin.Document),
        Field.Text("input_audio", TextOrigin.Inherit, s_audio),
        Field.Text("file", TextOrigin.Document, s_file),
        Field.Url("file_data", UnscannedKind.File),
        Field.Url("file_url", UnscannedKind.File),
        Field.Reference("file_id"),
        Field.Text("filename", TextOrigin.Document),
        Field.Whole("document", TextOrigin.Document),
        Field.Text("refusal", TextOrigin.Assistant),
        Field.Text("thinking", TextOrigin.Assistant),
        Field.Text("content"),
        .. Field.Words("type", "id", "detail"),
        .. Field.Ignored("cache_control", "signature", "logprobs"),
    ])
    { Other = Field.Whole("") };

    public static readonly Field Role = Field.Speaker(
        "role",
        ("user", TextOrigin.User), ("assistant", TextOrigin.Assistant), ("system", TextOrigin.System), ("developer", TextOrigin.System),
        ("tool", TextOrigin.ToolResult), ("function", TextOrigin.ToolResult));

    public static readonly Shape Message = new(
    [
        Role,
        Field.Text("content", TextOrigin.Inherit, Part),
        Field.Text("name", TextOrigin.Name),
        Field.Text("tool_calls", TextOrigin.Arguments, ToolCall),
        Field.Text("function_call", TextOrigin.Arguments, Function),
        Field.Text("refusal", TextOrigin.Assistant),
        Field.Text("reasoning", TextOrigin.Assistant),
        Field.Text("reasoning_content", TextOrigin.Assistant),
        Field.Text("reasoning_details", TextOrigin.Assistant, new Shape([Field.Text("text"), Field.Text("summary"), .. Field.Words("type", "id", "format"), .. Field.Ignored("signature", "data")]) { Other = Field.Whole("") }),
        Field.Text("audio", TextOrigin.Inherit, s_audio),
        Field.Text("images", TextOrigin.Inherit, Part),
        .. Field.Words("id", "tool_call_id", "type", "object", "finish_reason"),
        .. Field.Ignored("cache_control", "signature"),
    ])
    { Other = Field.Whole("") };

    /// <summary>What the provider keeps to itself, on every path of this shape.</summary>
    public static readonly string[] NotForTheModel =
        ["metadata", "user", "safety_identifier", "prompt_cache_key", "stop", "stop_sequences", "logit_bias", "include"];

    public static readonly Shape Root = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Turns("messages", Message),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Whole("functions", TextOrigin.Definition),
        Field.Whole("response_format", TextOrigin.Definition),
        Field.Text("prediction", TextOrigin.Assistant, Part),
        Field.Each("documents", TextOrigin.Document),
        .. Field.Words("service_tier", "reasoning_effort", "verbosity", "modalities"),
        .. Field.Ignored(NotForTheModel),
    ])
    { Other = Field.Whole("", TextOrigin.User) };
}
