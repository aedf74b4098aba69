using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Limits;

internal static class LimitServices
{
    public static IServiceCollection AddLimits(this IServiceCollection services, RateLimitOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<LimitMetrics>();
        return services;
    }
}
