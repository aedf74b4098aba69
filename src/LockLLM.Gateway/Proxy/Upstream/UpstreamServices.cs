using LockLLM.Gateway.Proxy.Providers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Proxy.Upstream;

internal static class UpstreamServices
{
    public static IServiceCollection AddUpstream(this IServiceCollection services, ProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Upstream);
        services.TryAddSingleton(_ => new ProviderCatalog(options.Roots));
        services.TryAddSingleton<ProviderHealth>();
        services.TryAddSingleton<AccessTokens>();
        services.TryAddSingleton<ProviderCredentials>();
        services.TryAddSingleton<ModelListCheck>();
        services.TryAddSingleton<UpstreamMetrics>();
        services.TryAddSingleton<UpstreamForwarder>();
        return services;
    }
}
