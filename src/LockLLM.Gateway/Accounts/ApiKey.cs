using System.Net;

namespace LockLLM.Gateway.Accounts;

internal enum ApiKeyStatus
{
    Active,

    /// <summary>Replaced by a rotation and accepted until its grace ends.</summary>
    Replaced,
    Disabled,
    Expired,
    Revoked,
}

/// <summary>An API key as requests see it.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Name { get; init; }

    public required KeyVerifier Verifier { get; init; }

    public required string Last4 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsEnabled { get; init; } = true;

    /// <summary>As the database knew it when this was read; requests do not keep it current.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Null: only the account's limit applies.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> AllowedProviders { get; init; } = [];

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    public string? ReplacedById { get; init; }

    public ApiKeyStatus StatusAt(DateTimeOffset now) => this switch
    {
        { RevokedAt: not null } => ApiKeyStatus.Revoked,
        { ExpiresAt: { } end } when end <= now => ApiKeyStatus.Expired,
        { IsEnabled: false } => ApiKeyStatus.Disabled,
        { ReplacedById: not null } => ApiKeyStatus.Replaced,
        _ => ApiKeyStatus.Active,
    };

    public bool IsAcceptedAt(DateTimeOffset now) => StatusAt(now) is ApiKeyStatus.Active or ApiKeyStatus.Replaced;

    public bool AllowsProvider(string provider) =>
        AllowedProviders.Count == 0 || AllowedProviders.Contains(provider, StringComparer.OrdinalIgnoreCase);

    /// <summary>An address that is not known is refused where only some are allowed.</summary>
    public bool AllowsAddress(IPAddress? address)
    {
        if (AllowedNetworks.Count == 0)
        {
            return true;
        }

        if (address is null)
        {
            return false;
        }

        // A socket that listens on both families shows IPv4 callers in IPv6 dress.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in AllowedNetworks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
