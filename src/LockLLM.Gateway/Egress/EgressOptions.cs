using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Egress;

/// <summary>Connections that the gateway opens by itself.</summary>
internal sealed class EgressOptions
{
    /// <summary>Whether addresses given by users may be private or loopback ones, and plain http. For self-hosted models and tests.</summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>Wait for a connection, its TLS handshake included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Age after which a connection is not used again, so that a changed address is noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public BreakerOptions Breaker { get; set; } = new();
}

/// <summary>When a host that keeps failing is given a pause.</summary>
internal sealed class BreakerOptions
{
    /// <summary>Whether hosts are given pauses at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Calls within the window below which nothing is concluded.</summary>
    [Range(1, 10_000)]
    public int MinimumCalls { get; set; } = 20;

    /// <summary>Share of failed calls, in percent, at which the pause begins.</summary>
    [Range(1, 100)]
    public int FailurePercent { get; set; } = 50;

    /// <summary>Time looked back over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Length of the pause; then one call is let through to see.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(15);
}
