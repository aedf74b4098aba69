namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>The paths that take plain text: completions, embeddings, moderations. Source: the OpenAPI document of OpenAI.</summary>
internal static class OpenAiTexts
{
    public static readonly Shape Completions = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Text("prompt", TextOrigin.User, OpenAiChat.Part),
        Field.Text("suffix", TextOrigin.User),
        .. Field.Ignored(OpenAiChat.NotForTheModel),
    ])
    { Other = Field.Whole("", TextOrigin.User) };

    /// <summary>Embeddings and moderations.</summary>
    public static readonly Shape Input = new(
    [
        new Field("model", FieldKind.Model),
        new Field("stream", FieldKind.Stream),
        Field.Text("input", TextOrigin.User, OpenAiChat.Part),
        .. Field.Words("encoding_format"),
        .. Field.Ignored(OpenAiChat.NotForTheModel),
    ])
    { Other = Field.Whole("", TextOrigin.User) };
}
