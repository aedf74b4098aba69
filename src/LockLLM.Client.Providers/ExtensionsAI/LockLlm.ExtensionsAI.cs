using LockLLM.Contracts;
using Microsoft.Extensions.AI;

namespace LockLLM.Client.Providers;

public static partial class LockLlm
{
    /// <summary>
    /// A chat client for any provider. Each response carries its <see cref="ProxyMetadata"/> under
    /// <see cref="LockLlmChatExtensions.MetadataKey"/>; options for one call go into <see cref="ChatOptions"/> with
    /// <see cref="LockLlmChatExtensions.WithLockLlm"/>.
    /// </summary>
    /// <param name="provider">One of <see cref="ProviderNames"/>.</param>
    /// <param name="model">Name of the model.</param>
    /// <exception cref="LockLlmConfigurationException">There is no such provider or no key, or an option is out of range.</exception>
    public static IChatClient CreateChatClient(string provider, string model, string? apiKey = null, LockLlmProxyClientOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        return new ProxyChatClient(provider == ProviderNames.Anthropic
            ? CreateAnthropicClient(apiKey, options).AsIChatClient(model)
            : CreateOpenAICompatibleClient(provider, apiKey, options).GetChatClient(model).AsIChatClient());
    }
}
