namespace LockLLM.Client;

/// <summary>How one call is sent.</summary>
public sealed record LockLlmRequestOptions
{
    /// <summary>Further headers. They win over those of the client.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Longest wait for one attempt; null takes the client's.</summary>
    public TimeSpan? Timeout { get; init; }
}
