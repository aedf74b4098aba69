namespace LockLLM.Contracts;

/// <summary>The names under <c>/v1/proxy/</c>.</summary>
public static class ProviderNames
{
#pragma warning disable CS1591 // the names say it
    public const string OpenAi = "openai";
    public const string Anthropic = "anthropic";
    public const string Gemini = "gemini";
    public const string Cohere = "cohere";
    public const string OpenRouter = "openrouter";
    public const string Perplexity = "perplexity";
    public const string Mistral = "mistral";
    public const string Groq = "groq";
    public const string DeepSeek = "deepseek";
    public const string Together = "together";
    public const string XAi = "xai";
    public const string Fireworks = "fireworks";
    public const string Anyscale = "anyscale";
    public const string HuggingFace = "huggingface";
    public const string Azure = "azure";
    public const string Bedrock = "bedrock";
    public const string VertexAi = "vertex-ai";
#pragma warning restore CS1591

    /// <summary>An endpoint of the account's own, whose address is stored with its key.</summary>
    public const string Custom = "custom";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        OpenAi, Anthropic, Gemini, Cohere, OpenRouter, Perplexity, Mistral, Groq, DeepSeek, Together, XAi, Fireworks,
        Anyscale, HuggingFace, Azure, Bedrock, VertexAi, Custom,
    ];
}
