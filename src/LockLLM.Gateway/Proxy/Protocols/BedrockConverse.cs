namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Bedrock's Converse. Source: the API reference of the Bedrock runtime.</summary>
internal static class BedrockConverse
{
    private static readonly Shape s_call = new(
    [
        Field.Text("name", TextOrigin.Name),
        Field.Whole("input", TextOrigin.Arguments),
        .. Field.Words("toolUseId", "type"),
    ])
    { Other = Field.Whole("", TextOrigin.Arguments) };

    private static readonly Shape s_block = Block(depth: 3);

    private static readonly Shape s_message = new(
    [
        Field.Speaker("role", ("user", TextOrigin.User), ("assistant", TextOrigin.Assistant), ("system", TextOrigin.System)),
        Field.Text("content", TextOrigin.Inherit, s_block),
    ])
    { Other = Field.Whole("") };

    public static readonly Shape Root = new(
    [
        Field.Turns("messages", s_message),
        Field.Text("system", TextOrigin.System, s_block),
        Field.Whole("toolConfig", TextOrigin.Definition),
        Field.Whole("promptVariables", TextOrigin.User),
        .. Field.Ignored("guardrailConfig", "requestMetadata", "inferenceConfig", "additionalModelResponseFieldPaths"),
    ])
    { Other = Field.Whole("", TextOrigin.User) };

    private static Shape Block(int depth)
    {
        var inner = depth == 0 ? null : Block(depth - 1);
        var content = inner is null ? Field.Whole("content", TextOrigin.ToolResult) : Field.Text("content", TextOrigin.ToolResult, inner);
        return new Shape(
        [
            Field.Text("text"),
            Media("image", UnscannedKind.Image),
            Media("audio", UnscannedKind.Audio),
            Media("video", UnscannedKind.Video),
            Field.Text("document", TextOrigin.Document, Document(inner)),
            Field.Text("toolUse", TextOrigin.Arguments, s_call),
            Field.Text("toolResult", TextOrigin.ToolResult, new Shape([content, .. Field.Words("toolUseId", "status", "type")]) { Other = Field.Whole("", TextOrigin.ToolResult) }),
            Field.Whole("json", TextOrigin.ToolResult),
            Field.Text("guardContent", TextOrigin.Inherit, new Shape([Field.Text("text"), Media("image", UnscannedKind.Image), .. Field.Words("qualifiers")]) { Other = Field.Whole("") }),
            Field.Text("reasoningContent", TextOrigin.Assistant, new Shape([Field.Text("reasoningText"), Field.Text("text"), .. Field.Ignored("signature", "redactedContent")]) { Other = Field.Whole("") }),
            .. Field.Ignored("cachePoint"),
        ])
        { Other = Field.Whole("") };
    }

    private static Field Media(string name, UnscannedKind kind) =>
        Field.Text(name, TextOrigin.Document, new Shape([Field.Text("source", TextOrigin.Document, Source(kind, block: null)), .. Field.Words("format")]) { Other = Field.Whole("", TextOrigin.Document) });

    private static Shape Document(Shape? block) => new(
    [
        Field.Text("name", TextOrigin.Document),
        Field.Text("context", TextOrigin.Document),
        Field.Text("source", TextOrigin.Document, Source(UnscannedKind.File, block)),
        Field.Whole("citations", TextOrigin.Document),
        .. Field.Words("format"),
    ])
    { Other = Field.Whole("", TextOrigin.Document) };

    private static Shape Source(UnscannedKind kind, Shape? block) => new(
    [
        Field.Data("bytes", kind),
        Field.Reference("s3Location"),
        Field.Text("text", TextOrigin.Document),
        block is null ? Field.Whole("content", TextOrigin.Document) : Field.Text("content", TextOrigin.Document, block),
    ])
    { Other = Field.Whole("", TextOrigin.Document) };
}
