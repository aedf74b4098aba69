namespace LockLLM.Gateway.Storage.Entities;

/// <summary>A LockLLM API key as it is kept: nothing here leads back to it.</summary>
internal sealed class ApiKeyRow
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Name { get; set; }

    /// <summary>HMAC-SHA-256 of the key.</summary>
    public required byte[] Verifier { get; init; }

    public required string Last4 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Member or key that made it; null where the gateway did.</summary>
    public string? CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public bool IsEnabled { get; set; } = true;

    public DateTimeOffset? LastUsedAt { get; set; }

    public int? RequestsPerMinute { get; set; }

    /// <summary>Names separated by spaces; null allows all.</summary>
    public string? AllowedProviders { get; set; }

    /// <summary>Networks in CIDR form separated by spaces; null allows all.</summary>
    public string? AllowedNetworks { get; set; }

    /// <summary>The key that took its place in a rotation.</summary>
    public string? ReplacedById { get; set; }
}
