using System.Collections.Concurrent;

namespace LockLLM.Gateway.Egress;

/// <summary>How the hosts that the gateway calls are doing; lives in memory, per node.</summary>
internal sealed class HostHealth(EgressOptions options, TimeProvider clock)
{
    // Accounts bring hosts of their own; those not called for a while make room.
    private const int MaxHosts = 1000;

    private readonly ConcurrentDictionary<(string Host, int Port), HostRecord> _hosts = new();

    public HostRecord Of(string provider, Uri address)
    {
        // Addresses spell hosts in small letters.
        var key = (address.IdnHost, address.Port);
        if (_hosts.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_hosts.Count >= MaxHosts)
        {
            _hosts.TryRemove(_hosts.MinBy(static host => host.Value.LastCall));
        }

        return _hosts.GetOrAdd(key, new HostRecord(provider, address.Authority, options.Breaker, clock));
    }

    public IReadOnlyList<HostReport> Report() => [.. _hosts.Values.Select(static host => host.Report()).OrderBy(static host => host.Host, StringComparer.Ordinal)];
}

internal enum BreakerState
{
    /// <summary>Calls pass.</summary>
    Closed,

    /// <summary>Calls are refused until the pause is over.</summary>
    Open,

    /// <summary>One call is under way to see whether the host is back.</summary>
    Probing,
}

/// <summary>What is known of one host, at one moment.</summary>
internal sealed record HostReport(
    string Provider, string Host, BreakerState Breaker, long Successes, long Failures, TimeSpan TypicalLatency, DateTimeOffset? LastSuccess, DateTimeOffset? LastFailure);
