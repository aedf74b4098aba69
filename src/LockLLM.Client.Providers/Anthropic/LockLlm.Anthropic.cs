using Anthropic;
using LockLLM.Contracts;

namespace LockLLM.Client.Providers;

public static partial class LockLlm
{
    /// <summary>The official Anthropic client.</summary>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public static AnthropicClient CreateAnthropicClient(string? apiKey = null, LockLlmProxyClientOptions? options = null)
    {
        var complete = Complete(options, apiKey);
        return new AnthropicClient
        {
            ApiKey = complete.ProviderApiKey ?? complete.ApiKey,
            BaseUrl = ProxyUrls.For(ProviderNames.Anthropic, complete.BaseUrl).ToString(),
            HttpClient = Http(new LockLlmHttpHandler(complete) { UsesXApiKey = true }),
            MaxRetries = 0,
            Timeout = WholeCall(complete),
        };
    }
}
