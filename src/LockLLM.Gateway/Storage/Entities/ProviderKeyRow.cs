namespace LockLLM.Gateway.Storage.Entities;

/// <summary>A provider's credential that an account stored.</summary>
internal sealed class ProviderKeyRow
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Provider { get; init; }

    /// <summary>Unique per account and provider; empty where none was given.</summary>
    public required string Nickname { get; set; }

    public string? EndpointUrl { get; set; }

    public string? DeploymentName { get; set; }

    public string? ApiVersion { get; set; }

    public bool IsEnabled { get; set; } = true;

    public bool IsDefault { get; set; }

    public required SealedSecret Secret { get; set; }

    public required string Last4 { get; set; }

    /// <summary>The only host that the secret is sent to.</summary>
    public string? Host { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public string? CreatedBy { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }
}
