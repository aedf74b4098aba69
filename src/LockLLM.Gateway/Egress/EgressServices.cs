using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Egress;

internal static class EgressServices
{
    public static IServiceCollection AddEgress(this IServiceCollection services, EgressOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<HostLookup>(static _ => Dns.GetHostAddressesAsync);
        services.TryAddSingleton<AddressGuard>();
        services.TryAddSingleton<EgressHttp>();
        services.TryAddSingleton<HostHealth>();
        return services;
    }
}
