using LockLLM.Gateway.Coordination.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Coordination;

internal static class CoordinationServices
{
    public static IServiceCollection AddCoordination(this IServiceCollection services)
    {
        services.TryAddSingleton<IChangeFeed, MemoryChangeFeed>();
        return services;
    }
}
