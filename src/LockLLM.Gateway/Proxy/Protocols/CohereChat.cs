namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Cohere's own chat, v1 and v2. Source: Cohere's API reference.</summary>
internal static class CohereChat
{
    private static readonly Field s_role = Field.Speaker(
        "role",
        ("user", TextOrigin.User), ("assistant", TextOrigin.Assistant), ("system", TextOrigin.System), ("tool", TextOrigin.ToolResult),
        ("USER", TextOrigin.User), ("CHATBOT", TextOrigin.Assistant), ("SYSTEM", TextOrigin.System), ("TOOL", TextOrigin.ToolResult));

    private static readonly Shape s_call = new(
    [
        Field.Text("name", TextOrigin.Name),
        Field.Whole("parameters", TextOrigin.Arguments),
        Field.Text("function", TextOrigin.Arguments, OpenAiChat.Function),
        .. Field.Words("id", "type"),
    ])
    { Other = Field.Whole("", TextOrigin.Arguments) };

    private static readonly Shape s_message = new(
    [
        s_role,
        Field.Text("content", TextOrigin.Inherit, OpenAiChat.Part),
        Field.Text("message"),
        Field.Text("tool_calls", TextOrigin.Arguments, s_call),
        Field.Text("tool_plan", TextOrigin.Assistant),
        Field.Each("tool_results", TextOrigin.ToolResult),
        Field.Whole("citations", TextOrigin.Assistant),
        .. Field.Words("tool_call_id"),
    ])
    { Other = Field.Whole("") };

    public static readonly Shape Root = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Turns("messages", s_message),
        Field.Turns("chat_history", s_message),
        Field.Text("message", TextOrigin.User),
        Field.Text("preamble", TextOrigin.System),
        Field.Each("documents", TextOrigin.Document),
        Field.Each("tool_results", TextOrigin.ToolResult),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Whole("response_format", TextOrigin.Definition),
        Field.Reference("conversation_id"),
        Field.Reference("connectors"),
        .. Field.Words("prompt_truncation", "citation_quality", "safety_mode"),
        .. Field.Ignored("stop_sequences"),
    ])
    { Other = Field.Whole("", TextOrigin.User) };
}

/// <summary>Cohere's rerank and embed.</summary>
internal static class CohereTexts
{
    public static readonly Shape Root = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Text("query", TextOrigin.User),
        Field.Each("documents", TextOrigin.Document),
        Field.Text("texts", TextOrigin.User),
        Field.Url("images", UnscannedKind.Image),
        Field.Text("inputs", TextOrigin.User, OpenAiChat.Part),
        .. Field.Words("input_type", "truncate", "embedding_types", "rank_fields"),
    ])
    { Other = Field.Whole("", TextOrigin.User) };
}
