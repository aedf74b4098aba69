namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>
/// Google's own API: generateContent, streamGenerateContent, countTokens and embedContent. Names are taken in both
/// spellings that its servers take. Source: the discovery document of generativelanguage v1beta.
/// </summary>
internal static class GeminiContent
{
    private static readonly Shape s_inline = new(
    [
        new Field("mimeType", FieldKind.MediaType),
        new Field("mime_type", FieldKind.MediaType),
        Field.Data("data", UnscannedKind.File),
        Field.Text("displayName", TextOrigin.Document),
    ])
    { Other = Field.Whole("", TextOrigin.Document) };

    private static readonly Shape s_call = new(
    [
        Field.Text("name", TextOrigin.Name),
        Field.Whole("args", TextOrigin.Arguments),
        .. Field.Words("id"),
    ])
    { Other = Field.Whole("", TextOrigin.Arguments) };

    private static readonly Shape s_part = Part(depth: 3);

    private static readonly Shape s_content = new(
    [
        Field.Speaker(
            "role",
            ("user", TextOrigin.User), ("model", TextOrigin.Assistant), ("system", TextOrigin.System),
            ("function", TextOrigin.ToolResult), ("tool", TextOrigin.ToolResult)),
        Field.Text("parts", TextOrigin.Inherit, s_part),
    ])
    { Other = Field.Whole("") };

    private static readonly Shape s_request = Request(inner: null);

    public static readonly Shape Root = Request(s_request);

    private static Shape Request(Shape? inner) => new(
    [
        new Field("model", FieldKind.Model),
        Field.Turns("contents", s_content),
        Field.Text("content", TextOrigin.User, s_content),
        Field.Text("systemInstruction", TextOrigin.System, s_content),
        Field.Text("system_instruction", TextOrigin.System, s_content),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Whole("generationConfig", TextOrigin.Definition),
        Field.Whole("generation_config", TextOrigin.Definition),
        Field.Reference("cachedContent"),
        Field.Reference("cached_content"),
        inner is null ? Field.Whole("generateContentRequest", TextOrigin.User) : Field.Text("generateContentRequest", TextOrigin.User, inner),
        inner is null ? Field.Whole("generate_content_request", TextOrigin.User) : Field.Text("generate_content_request", TextOrigin.User, inner),
        inner is null ? Field.Whole("requests", TextOrigin.User) : Field.Text("requests", TextOrigin.User, inner),
        Field.Text("title", TextOrigin.Document),
        .. Field.Words("taskType", "task_type"),
        .. Field.Ignored("safetySettings", "safety_settings", "labels"),
    ])
    { Other = Field.Whole("", TextOrigin.User) };

    private static Shape Part(int depth)
    {
        var result = new Shape(
        [
            Field.Text("name", TextOrigin.Name),
            Field.Whole("response", TextOrigin.ToolResult),
            depth == 0 ? Field.Whole("parts", TextOrigin.ToolResult) : Field.Text("parts", TextOrigin.ToolResult, Part(depth - 1)),
            .. Field.Words("id", "scheduling"),
        ])
        { Other = Field.Whole("", TextOrigin.ToolResult) };
        var file = new Shape(
        [
            Field.Reference("fileUri"),
            Field.Reference("file_uri"),
            .. Field.Words("mimeType", "mime_type"),
        ])
        { Other = Field.Whole("", TextOrigin.Document) };
        return new Shape(
        [
            Field.Text("text"),
            Field.Text("inlineData", TextOrigin.Document, s_inline),
            Field.Text("inline_data", TextOrigin.Document, s_inline),
            Field.Text("fileData", TextOrigin.Document, file),
            Field.Text("file_data", TextOrigin.Document, file),
            Field.Text("functionCall", TextOrigin.Arguments, s_call),
            Field.Text("function_call", TextOrigin.Arguments, s_call),
            Field.Text("functionResponse", TextOrigin.ToolResult, result),
            Field.Text("function_response", TextOrigin.ToolResult, result),
            Field.Whole("executableCode", TextOrigin.Arguments),
            Field.Whole("executable_code", TextOrigin.Arguments),
            Field.Whole("codeExecutionResult", TextOrigin.ToolResult),
            Field.Whole("code_execution_result", TextOrigin.ToolResult),
            .. Field.Ignored("thoughtSignature", "thought_signature"),
        ])
        { Other = Field.Whole("") };
    }
}
