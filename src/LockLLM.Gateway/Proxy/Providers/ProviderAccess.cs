namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>What an account stored about a provider, opened for one call.</summary>
internal sealed record ProviderAccess
{
    /// <summary>The provider's credential; null when the caller sent one of its own, which then goes along.</summary>
    public string? Secret { get; init; }

    /// <summary>Replaces the API root.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Azure: deployment where the path names none.</summary>
    public string? Deployment { get; init; }

    /// <summary>Azure: <c>api-version</c> where the query names none.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The only host that the secret may be sent to; null means the host that endpoint or root name.</summary>
    public string? Host { get; init; }

    /// <summary>Tells the length, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => $"{nameof(ProviderAccess)}, secret of {Secret?.Length ?? 0} characters";
}
