using LockLLM.Gateway.Coordination.Memory;
using LockLLM.Gateway.Coordination.Redis;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Coordination;

internal static class CoordinationServices
{
    public static IServiceCollection AddCoordination(this IServiceCollection services, RedisOptions redis)
    {
        services.TryAddSingleton<MemoryChangeFeed>();
        services.TryAddSingleton<MemoryCounters>();
        return redis.IsConfigured ? services.AddRedis(redis) : services.AddMemory();
    }

    private static IServiceCollection AddMemory(this IServiceCollection services)
    {
        services.TryAddSingleton(static _ => new SharedCounterState());
        services.TryAddSingleton<ICounters>(static provider => provider.GetRequiredService<MemoryCounters>());
        services.TryAddSingleton<IChangeFeed>(static provider => provider.GetRequiredService<MemoryChangeFeed>());
        return services;
    }

    private static IServiceCollection AddRedis(this IServiceCollection services, RedisOptions redis)
    {
        services.TryAddSingleton(redis);
        services.TryAddSingleton<RedisConnection>();
        services.TryAddSingleton(static _ => new SharedCounterState { IsShared = true, IsDegraded = true });
        services.TryAddSingleton<RedisCounters>();
        services.TryAddSingleton<ICounters>(static provider => provider.GetRequiredService<RedisCounters>());
        services.AddHostedService(static provider => provider.GetRequiredService<RedisCounters>());
        services.TryAddSingleton<RedisChangeFeed>();
        services.TryAddSingleton<IChangeFeed>(static provider => provider.GetRequiredService<RedisChangeFeed>());
        services.AddHostedService(static provider => provider.GetRequiredService<RedisChangeFeed>());
        return services;
    }
}
