namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>One text of a request: a string of the body, or all strings of one value.</summary>
/// <param name="Origin">Whose words they are.</param>
/// <param name="Turn">Counts up where the model has spoken; <see cref="Standing"/> for what belongs to no turn.</param>
/// <param name="Start">First character in the text of the <see cref="PromptMap"/>.</param>
/// <param name="Length">In UTF-16 units.</param>
/// <param name="Scalars">In Unicode scalar values.</param>
/// <param name="BodyStart">First byte of the value in the body.</param>
/// <param name="BodyLength">Bytes of the value, quotation marks included.</param>
/// <param name="Form">How the value holds the text.</param>
internal readonly record struct TextPart(TextOrigin Origin, int Turn, int Start, int Length, int Scalars, int BodyStart, int BodyLength, TextForm Form = TextForm.Plain)
{
    /// <summary>Applies to the whole request, and so to its newest turn too.</summary>
    public const int Standing = -1;
}

/// <summary>How a value holds a text.</summary>
internal enum TextForm : byte
{
    /// <summary>As it is, or in the strings within it.</summary>
    Plain,
    Base64,
    DataUrl,
}
