namespace LockLLM.Contracts.Management;

/// <summary>An API key as <c>/api/v1/keys</c> shows it.</summary>
public sealed record ApiKeyDetails
{
    /// <summary>Names it in addresses and records.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The key itself, in the answer that created it and never again.</summary>
    public string? Key { get; init; }

    /// <summary>Its last four characters.</summary>
    public required string Last4 { get; init; }

    /// <summary>active, replaced (rotated, in its grace), disabled, expired or revoked.</summary>
    public required string Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a call last used it; written a little later.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>A limit of its own beside the account's.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>The only providers it may be used with; absent: all.</summary>
    public IReadOnlyList<string>? AllowedProviders { get; init; }

    /// <summary>The only networks it may be used from, in CIDR form; absent: all.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    /// <summary>The key that took its place in a rotation.</summary>
    public string? ReplacedById { get; init; }

    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Id;
}

/// <summary>Body of <c>POST /api/v1/keys</c>, and of <c>PUT /api/v1/keys/{id}</c>, which replaces all of it.</summary>
public sealed record ApiKeyRequest
{
    /// <summary>Required, at most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A limit of its own beside the account's.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>The only providers it may be used with; absent or empty: all.</summary>
    public IReadOnlyList<string>? AllowedProviders { get; init; }

    /// <summary>The only networks it may be used from, such as 203.0.113.7 or 2001:db8::/32; absent or empty: all.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    /// <summary>For PUT: whether the key is accepted; absent leaves it.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Body of <c>POST /api/v1/keys/{id}/rotate</c>.</summary>
public sealed record RotateApiKeyRequest
{
    /// <summary>How long the former key is still accepted: 0 (default) to 72.</summary>
    public int? GraceHours { get; init; }
}
