using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.ProviderKeys;

internal static class ProviderKeyServices
{
    public static IServiceCollection AddProviderKeys(this IServiceCollection services)
    {
        services.TryAddSingleton<ProviderKeyStore>();
        services.TryAddSingleton<ProviderKeyVault>();
        return services;
    }
}
