using System.Text.Json.Serialization;

namespace LockLLM.Contracts.Management;

/// <summary>A provider key as <c>/api/v1/proxy</c> shows it; the secret is never shown.</summary>
public sealed record ProviderKeyDetails
{
    /// <summary>Names it in addresses and records.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Tells several keys of one provider apart.</summary>
    public string? Nickname { get; init; }

    /// <summary>Address in place of the provider's own.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Azure.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Azure.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Whether it is used.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether it is chosen where a call names none.</summary>
    [JsonPropertyName("default")]
    public required bool IsDefault { get; init; }

    /// <summary>The secret's last four characters; absent for short ones.</summary>
    public string? Last4 { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When a call last used it; written a little later.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>Body of <c>POST /api/v1/proxy</c>, and of <c>PUT /api/v1/proxy/{id}</c>, where an absent field stays and an empty one is removed.</summary>
public sealed record ProviderKeyRequest
{
    /// <summary>Name of the provider; cannot be changed.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's credential. Write-only.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Tells several keys of one provider apart; at most 100 visible ASCII characters.</summary>
    public string? Nickname { get; init; }

    /// <summary>Address in place of the provider's own. Another host needs the secret again.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Azure.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Azure.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Whether it is used; true unless said otherwise.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether it is chosen where a call names none.</summary>
    [JsonPropertyName("default")]
    public bool? IsDefault { get; init; }

    /// <summary>Tells nothing of the secret.</summary>
    public override string ToString() => nameof(ProviderKeyRequest);
}

/// <summary>Whether a stored provider key works: <c>POST /api/v1/proxy/{id}/verify</c>.</summary>
public sealed record ProviderKeyCheck
{
    /// <summary>Whether the key could be opened and the provider accepted it.</summary>
    public required bool Works { get; init; }

    /// <summary>Why not: a code of the error table, such as provider_key_rejected or provider_timeout.</summary>
    public string? Code { get; init; }

    /// <summary>The same in words.</summary>
    public string? Message { get; init; }

    /// <summary>The provider's HTTP status, where it gave one.</summary>
    public int? UpstreamStatus { get; init; }
}
