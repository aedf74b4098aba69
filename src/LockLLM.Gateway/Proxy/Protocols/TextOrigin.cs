namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Whose words a text of a request is.</summary>
internal enum TextOrigin : byte
{
    /// <summary>Not told by the text's own field: that of the object it stands in, and <see cref="User"/> in the end.</summary>
    Inherit,

    /// <summary>Of the person the application serves, and all that is not known to be anything else.</summary>
    User,

    /// <summary>A name of a person, tool or file.</summary>
    Name,

    /// <summary>What the model handed to a tool in an earlier turn.</summary>
    Arguments,

    /// <summary>What a tool returned.</summary>
    ToolResult,

    /// <summary>Retrieved or attached content.</summary>
    Document,

    /// <summary>Of the application's developer.</summary>
    System,

    /// <summary>Of the model, in an earlier turn.</summary>
    Assistant,

    /// <summary>Descriptions and schemas of tools and answers.</summary>
    Definition,
}

internal static class TextOrigins
{
    /// <summary>
    /// Whether an attack in such a text is one: the others are written by the application or by the model, which
    /// give orders by trade.
    /// </summary>
    public static bool IsUntrusted(this TextOrigin origin) => origin is not (TextOrigin.System or TextOrigin.Assistant or TextOrigin.Definition);

    /// <summary>Spelling of the wire.</summary>
    public static string Word(this TextOrigin origin) => origin switch
    {
        TextOrigin.Name => "name",
        TextOrigin.Arguments => "tool_arguments",
        TextOrigin.ToolResult => "tool_result",
        TextOrigin.Document => "document",
        TextOrigin.System => "system",
        TextOrigin.Assistant => "assistant",
        TextOrigin.Definition => "definition",
        _ => "user",
    };
}
