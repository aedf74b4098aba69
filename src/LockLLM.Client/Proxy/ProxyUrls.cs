using LockLLM.Contracts;

namespace LockLLM.Client;

/// <summary>Addresses of the proxy, for any client library that can be given a base address.</summary>
public static class ProxyUrls
{
    /// <summary>The hosted service.</summary>
    public static Uri HostedService { get; } = new("https://api.lockllm.com");

    /// <summary>Hosts of the providers themselves, for reference. Azure, Bedrock and Vertex AI have none of their own.</summary>
    public static IReadOnlyDictionary<string, Uri> UpstreamHosts { get; } = new Dictionary<string, Uri>(StringComparer.Ordinal)
    {
        [ProviderNames.OpenAi] = new("https://api.openai.com"),
        [ProviderNames.Anthropic] = new("https://api.anthropic.com"),
        [ProviderNames.Gemini] = new("https://generativelanguage.googleapis.com"),
        [ProviderNames.Cohere] = new("https://api.cohere.com"),
        [ProviderNames.OpenRouter] = new("https://openrouter.ai"),
        [ProviderNames.Perplexity] = new("https://api.perplexity.ai"),
        [ProviderNames.Mistral] = new("https://api.mistral.ai"),
        [ProviderNames.Groq] = new("https://api.groq.com"),
        [ProviderNames.DeepSeek] = new("https://api.deepseek.com"),
        [ProviderNames.Together] = new("https://api.together.xyz"),
        [ProviderNames.XAi] = new("https://api.x.ai"),
        [ProviderNames.Fireworks] = new("https://api.fireworks.ai"),
        [ProviderNames.Anyscale] = new("https://api.endpoints.anyscale.com"),
        [ProviderNames.HuggingFace] = new("https://router.huggingface.co"),
    };

    /// <summary>Base address for one provider: <c>{base}/v1/proxy/{provider}</c>.</summary>
    /// <param name="provider">One of <see cref="ProviderNames"/>.</param>
    /// <param name="baseUrl">The gateway; the hosted service if null.</param>
    /// <exception cref="LockLlmConfigurationException">There is no provider of that name.</exception>
    public static Uri For(string provider, Uri? baseUrl = null) => ProviderNames.All.Contains(provider, StringComparer.Ordinal)
        ? Under(baseUrl, "/v1/proxy/" + provider)
        : throw new LockLlmConfigurationException($"There is no provider of that name. The names are {string.Join(", ", ProviderNames.All)}.");

    /// <summary>Base addresses for all providers, by name.</summary>
    public static IReadOnlyDictionary<string, Uri> All(Uri? baseUrl = null) =>
        ProviderNames.All.ToDictionary(static provider => provider, provider => For(provider, baseUrl), StringComparer.Ordinal);

    /// <summary>Base address of the universal endpoint, where models are called <c>vendor/model</c> and paid from credits.</summary>
    public static Uri Universal(Uri? baseUrl = null) => Under(baseUrl, "/v1/proxy");

    internal static Uri Under(Uri? baseUrl, string path) =>
        new((baseUrl ?? HostedService).GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}
