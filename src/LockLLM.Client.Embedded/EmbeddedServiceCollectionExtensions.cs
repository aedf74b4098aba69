using LockLLM.Client;
using LockLLM.Client.Embedded;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="EmbeddedPromptScanner"/>.</summary>
public static class EmbeddedServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="EmbeddedPromptScanner"/>, also as <see cref="IPromptScanner"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="defaults">What is looked for unless a call says otherwise.</param>
    public static IServiceCollection AddLockLlmEmbedded(this IServiceCollection services, ScanOptions? defaults = null)
    {
        services.TryAddSingleton(_ => new EmbeddedPromptScanner(defaults));
        services.TryAddSingleton<IPromptScanner>(static provider => provider.GetRequiredService<EmbeddedPromptScanner>());
        return services;
    }
}
