using System.Collections.Frozen;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>The providers. An OpenAI-shaped one is one row.</summary>
internal sealed class ProviderCatalog
{
    private static readonly Provider[] s_rows =
    [
        new(ProviderNames.OpenAi, "https://api.openai.com/v1"),
        new(ProviderNames.Anthropic, "https://api.anthropic.com/v1", CredentialStyle.Anthropic),
        new(ProviderNames.Gemini, "https://generativelanguage.googleapis.com/v1beta/openai", CredentialStyle.Gemini, AddressStyle.Gemini),
        new(ProviderNames.Cohere, "https://api.cohere.com/compatibility/v1", Addresses: AddressStyle.Cohere) { ModelList = "v1/models" },
        new(ProviderNames.OpenRouter, "https://openrouter.ai/api/v1") { ModelList = "key" }, // its model list needs no key
        new(ProviderNames.Perplexity, "https://api.perplexity.ai") { ModelList = null },
        new(ProviderNames.Mistral, "https://api.mistral.ai/v1"),
        new(ProviderNames.Groq, "https://api.groq.com/openai/v1"),
        new(ProviderNames.DeepSeek, "https://api.deepseek.com/v1"),
        new(ProviderNames.Together, "https://api.together.xyz/v1"),
        new(ProviderNames.XAi, "https://api.x.ai/v1"),
        new(ProviderNames.Fireworks, "https://api.fireworks.ai/inference/v1"),
        new(ProviderNames.Anyscale, "https://api.endpoints.anyscale.com/v1"),
        new(ProviderNames.HuggingFace, "https://router.huggingface.co/v1"),
        new(ProviderNames.Azure, null, CredentialStyle.Azure, AddressStyle.Azure),
        new(ProviderNames.Bedrock, null, CredentialStyle.Aws, AddressStyle.Bedrock),
        new(ProviderNames.VertexAi, null, CredentialStyle.GoogleServiceAccount, AddressStyle.Vertex) { ModelList = null },
        new(ProviderNames.Custom, null),
    ];

    private readonly FrozenDictionary<string, Provider> _providers;

    /// <param name="roots">API roots by provider name that replace the built-in ones.</param>
    public ProviderCatalog(IDictionary<string, string> roots)
    {
        var byName = new Dictionary<string, string>(roots, StringComparer.OrdinalIgnoreCase);
        _providers = s_rows
            .Select(row => byName.TryGetValue(row.Name, out var root) ? row with { Root = ProviderTarget.RootOf(root) } : row)
            .ToFrozenDictionary(static row => row.Name, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Provider> All => _providers.Values;

    public Provider? Find(string name) => _providers.GetValueOrDefault(name);
}
