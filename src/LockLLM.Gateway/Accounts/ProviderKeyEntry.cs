using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Accounts;

/// <summary>A provider key as requests see it: what it is for, and its ciphertext, which only the vault opens.</summary>
internal sealed record ProviderKeyEntry
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Provider { get; init; }

    /// <summary>Empty where none was given.</summary>
    public string Nickname { get; init; } = "";

    public string? EndpointUrl { get; init; }

    /// <summary>Azure.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Azure.</summary>
    public string? ApiVersion { get; init; }

    public bool IsEnabled { get; init; } = true;

    public bool IsDefault { get; init; }

    public required SealedSecret Secret { get; init; }

    public required string Last4 { get; init; }

    /// <summary>The only host that the secret is sent to.</summary>
    public string? Host { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>As the database knew it when this was read.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
