using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>One call that may be sent: the scan is over.</summary>
internal sealed record UpstreamCall
{
    public required UpstreamRoute Route { get; init; }

    /// <summary>
    /// Where to go instead when the route gives no answer, 429 or 5xx, in order; null when there is no further one. Asked
    /// only then, and never once the caller was sent a byte.
    /// </summary>
    public Func<int, UpstreamRoute?> Fallback { get; init; } = static _ => null;

    /// <summary>The caller asked for events as they come.</summary>
    public bool IsStream { get; init; }

    /// <summary>Adds the gateway's own headers, once, before the first byte; told the route that answered.</summary>
    public required Action<UpstreamRoute> WriteHeaders { get; init; }
}

/// <param name="Body">The bytes to send; null to pass on the request's own body as it arrives.</param>
/// <param name="Model">The model asked for, where known.</param>
internal sealed record UpstreamRoute(ProviderTarget Target, ReadOnlyMemory<byte>? Body, string? Model = null)
{
    /// <summary>The rest of the request's own body follows the bytes.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Of the stored key; null where the caller brought its own.</summary>
    public string? ProviderKeyId { get; init; }
}

internal enum UpstreamEnd
{
    /// <summary>The provider's answer was passed on to its end, whatever its status.</summary>
    Complete,

    /// <summary>Nothing was sent to the caller; <see cref="UpstreamResult.Error"/> says what to answer.</summary>
    NotBegun,

    /// <summary>The provider broke off after the answer had begun; the caller was told so, or cut off.</summary>
    BrokenOff,

    /// <summary>The caller hung up; the provider was told to stop.</summary>
    CallerGone,
}

/// <summary>How a call ended; filled in while its answer is passed on.</summary>
internal sealed class UpstreamResult(UpstreamEnd end, UpstreamRoute route)
{
    /// <summary>The route that answered, or was asked last.</summary>
    public UpstreamRoute Route => route;

    public UpstreamEnd End { get; set; } = end;

    public Error? Error { get; set; }

    /// <summary>What the provider answered; 0 when it answered nothing.</summary>
    public int Status { get; init; }

    public TokenUsage Usage { get; set; }

    /// <summary>From sending to the head of the answer.</summary>
    public TimeSpan Latency { get; init; }

    public long AnswerBytes { get; set; }

    /// <summary>Times that a provider was asked.</summary>
    public int Attempts { get; init; }
}
