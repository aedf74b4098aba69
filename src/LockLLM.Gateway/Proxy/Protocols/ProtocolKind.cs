namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Whose words a request and its answer are written in.</summary>
internal enum ProtocolKind
{
    /// <summary>None that is known: model lists, files, audio, and whatever providers think of next.</summary>
    Unknown,
    OpenAiChat,
    OpenAiCompletions,
    OpenAiResponses,
    OpenAiEmbeddings,
    OpenAiModerations,
    AnthropicMessages,
    AnthropicCountTokens,
    GeminiContent,
    GeminiEmbeddings,
    CohereChat,
    CohereRerank,
    CohereEmbeddings,
    BedrockConverse,
}
