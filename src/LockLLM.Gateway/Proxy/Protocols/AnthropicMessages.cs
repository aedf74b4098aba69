namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary><c>messages</c> and <c>messages/count_tokens</c>, also as hosted on Bedrock and Vertex AI. Source: Anthropic's API reference.</summary>
internal static class AnthropicMessages
{
    private static readonly Shape s_block = Block(depth: 4);

    private static readonly Shape s_message = new(
    [
        Field.Speaker("role", ("user", TextOrigin.User), ("assistant", TextOrigin.Assistant), ("system", TextOrigin.System)),
        Field.Text("content", TextOrigin.Inherit, s_block),
        .. Field.Words("id", "type", "model", "stop_reason"),
        .. Field.Ignored("cache_control"),
    ])
    { Other = Field.Whole("") };

    public static readonly Shape Root = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Text("system", TextOrigin.System, s_block),
        Field.Turns("messages", s_message),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Whole("output_format", TextOrigin.Definition),
        Field.Whole("output_config", TextOrigin.Definition),
        Field.Reference("container"),
        Field.Reference("mcp_servers"),
        .. Field.Words("service_tier", "anthropic_version", "anthropic_beta"),
        .. Field.Ignored("metadata", "stop_sequences", "betas"),
    ])
    { Other = Field.Whole("", TextOrigin.User) };

    // Results of tools hold blocks, and so do documents in them; deeper than any client nests them they are read as one text.
    private static Shape Block(int depth)
    {
        var inner = depth == 0 ? null : Block(depth - 1);
        return new Shape(
        [
            Field.Text("text"),
            Field.Text("source", TextOrigin.Document, Source(inner)),
            inner is null ? Field.Whole("content", TextOrigin.ToolResult) : Field.Text("content", TextOrigin.ToolResult, inner),
            Field.Text("title", TextOrigin.Document),
            Field.Text("context", TextOrigin.Document),
            Field.Text("name", TextOrigin.Name),
            Field.Whole("input", TextOrigin.Arguments),
            Field.Text("thinking", TextOrigin.Assistant),
            Field.Whole("citations"),
            Field.Reference("file_id"),
            .. Field.Words("type", "id", "tool_use_id", "server_name", "error_code"),
            // Sealed by the provider, which refuses any other value.
            .. Field.Ignored("signature", "data", "encrypted_content", "encrypted_index", "encrypted_stdout", "cache_control"),
        ])
        { Other = Field.Whole("") };
    }

    private static Shape Source(Shape? block) => new(
    [
        new Field("type", FieldKind.Encoding),
        new Field("media_type", FieldKind.MediaType),
        Field.Data("data", UnscannedKind.File),
        Field.Reference("url"),
        Field.Reference("file_id"),
        block is null ? Field.Whole("content", TextOrigin.Document) : Field.Text("content", TextOrigin.Document, block),
    ])
    { Other = Field.Whole("", TextOrigin.Document) };
}
