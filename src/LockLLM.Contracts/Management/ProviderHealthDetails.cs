namespace LockLLM.Contracts.Management;

/// <summary>How a host that provider calls go to is doing, as the gateway that answers sees it since its start.</summary>
public sealed record ProviderHealthDetails
{
    /// <summary>Name of the provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Host, and port where it is not the usual one.</summary>
    public required string Host { get; init; }

    /// <summary>up: calls pass; down: calls are refused for a while because the last ones failed; probing: one call is looking whether the host is back.</summary>
    public required string State { get; init; }

    /// <summary>Calls that were answered, whatever the answer.</summary>
    public required long Successes { get; init; }

    /// <summary>Calls that were not answered, or with a failure of the provider.</summary>
    public required long Failures { get; init; }

    /// <summary>Typical time until an answer begins, in milliseconds; absent before the first one.</summary>
    public double? TypicalLatencyMs { get; init; }

    /// <summary>When a call last succeeded.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>When a call last failed.</summary>
    public DateTimeOffset? LastFailureAt { get; init; }
}
