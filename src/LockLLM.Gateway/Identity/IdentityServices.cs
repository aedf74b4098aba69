using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Identity;

internal static class IdentityServices
{
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton<ApiKeyStore>();
        return services;
    }
}
