using LockLLM.Contracts.Management;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/providers</c>: how the providers that the account can call are doing.</summary>
internal static class ProviderHealthEndpoints
{
    public static void MapProviderHealthEndpoints(this RouteGroupBuilder providers) =>
        providers.MapGet("/health", List).Needs(Role.Viewer).WithSummary("Show how the providers that were called are doing, as this gateway sees them.").Produces<IReadOnlyList<ProviderHealthDetails>>();

    private static IResult List(HttpContext context, ProviderHealth health)
    {
        ProviderHealthDetails[] hosts = [.. health.Of(context.Actor().Account).Select(Details)];
        return ManagementEndpoints.Json(hosts);
    }

    private static ProviderHealthDetails Details(HostReport host) => new()
    {
        Provider = host.Provider,
        Host = host.Host,
        State = host.Breaker switch
        {
            BreakerState.Open => "down",
            BreakerState.Probing => "probing",
            _ => "up",
        },
        Successes = host.Successes,
        Failures = host.Failures,
        TypicalLatencyMs = host.LastSuccess is null ? null : Math.Round(host.TypicalLatency.TotalMilliseconds, 1),
        LastSuccessAt = host.LastSuccess,
        LastFailureAt = host.LastFailure,
    };
}
