using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Hosting;

/// <summary>What the gateway and its commands share: the database and the stores on it.</summary>
internal static class InstallationServices
{
    public static IServiceCollection AddInstallation(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddStorage(options.Database, options.ResolveDataDirectory());
        services.AddCoordination(options.Redis);
        services.AddRequestLog(options.RequestLog);
        services.AddAccounts();
        services.AddIdentity();
        services.AddMembers(options.Members, options.SignIn, options.OpenIdConnect);
        services.AddEgress(options.Egress);
        services.TryAddSingleton(_ => new ProviderCatalog(options.Proxy.Roots));
        services.TryAddSingleton<ProviderRoot>(static provider =>
            name => provider.GetRequiredService<ProviderCatalog>().Find(name)?.Root is { } root ? new Uri(root) : null);
        services.AddProviderKeys();
        services.TryAddSingleton<FirstRun>();
        return services;
    }
}
