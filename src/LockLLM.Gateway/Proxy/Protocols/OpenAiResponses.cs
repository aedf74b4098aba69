namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>The responses API. Source: the OpenAPI document of OpenAI.</summary>
internal static class OpenAiResponses
{
    private static readonly Shape s_item = new(
    [
        OpenAiChat.Role,
        Field.Speaker(
            "type",
            ("function_call", TextOrigin.Assistant), ("custom_tool_call", TextOrigin.Assistant), ("reasoning", TextOrigin.Assistant),
            ("web_search_call", TextOrigin.Assistant), ("file_search_call", TextOrigin.Assistant), ("computer_call", TextOrigin.Assistant),
            ("code_interpreter_call", TextOrigin.Assistant), ("image_generation_call", TextOrigin.Assistant), ("local_shell_call", TextOrigin.Assistant),
            ("shell_call", TextOrigin.Assistant), ("apply_patch_call", TextOrigin.Assistant), ("mcp_call", TextOrigin.Assistant),
            ("mcp_approval_request", TextOrigin.Assistant), ("compaction", TextOrigin.Assistant),
            ("function_call_output", TextOrigin.ToolResult), ("custom_tool_call_output", TextOrigin.ToolResult), ("computer_call_output", TextOrigin.ToolResult),
            ("local_shell_call_output", TextOrigin.ToolResult), ("shell_call_output", TextOrigin.ToolResult), ("apply_patch_call_output", TextOrigin.ToolResult)),
        Field.Text("content", TextOrigin.Inherit, OpenAiChat.Part),
        Field.Text("text"),
        new Field("image_url", FieldKind.Url, TextOrigin.Document) { Unscanned = UnscannedKind.Image },
        Field.Url("file_data", UnscannedKind.File),
        Field.Url("file_url", UnscannedKind.File),
        Field.Reference("file_id"),
        Field.Text("filename", TextOrigin.Document),
        Field.Text("output", TextOrigin.ToolResult, new Shape(
        [
            Field.Text("text"),
            Field.Text("stdout"),
            Field.Text("stderr"),
            Field.Url("image_url", UnscannedKind.Image),
            Field.Url("file_data", UnscannedKind.File),
            Field.Url("file_url", UnscannedKind.File),
            Field.Reference("file_id"),
            Field.Text("filename", TextOrigin.Document),
            .. Field.Words("type", "id"),
        ])
        { Other = Field.Whole("") }),
        Field.Whole("error", TextOrigin.ToolResult),
        Field.Whole("results", TextOrigin.ToolResult),
        Field.Whole("outputs", TextOrigin.ToolResult),
        Field.Text("name", TextOrigin.Name),
        Field.Whole("arguments", TextOrigin.Arguments),
        Field.Whole("input", TextOrigin.Arguments),
        Field.Whole("action", TextOrigin.Arguments),
        Field.Whole("operation", TextOrigin.Arguments),
        Field.Whole("queries", TextOrigin.Arguments),
        Field.Whole("code", TextOrigin.Arguments),
        Field.Whole("summary", TextOrigin.Assistant),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Data("result", UnscannedKind.Image),
        .. Field.Words("id", "call_id", "status", "server_label", "approval_request_id", "container_id", "phase"),
        .. Field.Ignored("encrypted_content"),
    ])
    { Other = Field.Whole("") };

    public static readonly Shape Root = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Turns("input", s_item),
        Field.Text("instructions", TextOrigin.System, s_item),
        Field.Whole("tools", TextOrigin.Definition),
        Field.Whole("text", TextOrigin.Definition),
        Field.Text("prompt", TextOrigin.User, new Shape([Field.Reference("id"), Field.Whole("variables", TextOrigin.User), .. Field.Words("version")])),
        Field.Reference("previous_response_id"),
        Field.Reference("conversation"),
        .. Field.Words("service_tier", "truncation"),
        .. Field.Ignored(OpenAiChat.NotForTheModel),
    ])
    { Other = Field.Whole("", TextOrigin.User) };
}
