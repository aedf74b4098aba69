using System.Net;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Identity;

/// <summary>A key that somebody wants.</summary>
internal sealed record ApiKeyDraft(string Name)
{
    public const int MaxNameLength = 100;
    public const int MaxRequestsPerMinute = 10_000_000;
    private const int MaxNetworks = 64;

    public DateTimeOffset? ExpiresAt { get; init; }

    public int? RequestsPerMinute { get; init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> AllowedProviders { get; init; } = [];

    /// <summary>In CIDR form, or single addresses. Empty: all.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Null: a new key is, and one that exists stays as it is.</summary>
    public bool? IsEnabled { get; init; }

    public Error? Problem(DateTimeOffset now) => this switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => new Error(ErrorCode.MissingField, "Give the key a name.", "name"),
        { Name.Length: > MaxNameLength } => new Error(ErrorCode.InvalidInput, $"A name has at most {MaxNameLength} characters.", "name"),
        { ExpiresAt: { } end } when end <= now => new Error(ErrorCode.InvalidInput, "The expiry is in the past.", "expires_at"),
        { RequestsPerMinute: < 1 or > MaxRequestsPerMinute } => new Error(ErrorCode.InvalidInput, $"The limit must be 1 to {MaxRequestsPerMinute} requests a minute.", "requests_per_minute"),
        _ when AllowedProviders.Any(static name => !ProviderNames.All.Contains(name, StringComparer.OrdinalIgnoreCase)) =>
            new Error(ErrorCode.InvalidProvider, "allowed_providers names a provider that does not exist.", "allowed_providers"),
        { AllowedNetworks.Count: > MaxNetworks } => new Error(ErrorCode.InvalidInput, $"At most {MaxNetworks} networks.", "allowed_networks"),
        _ when AllowedNetworks.Any(static network => Network(network) is null) =>
            new Error(ErrorCode.InvalidInput, "allowed_networks takes addresses and networks such as 203.0.113.7 or 2001:db8::/32.", "allowed_networks"),
        _ => null,
    };

    public string? ProvidersText() => AllowedProviders.Count == 0 ? null : string.Join(' ', AllowedProviders.Select(static name => name.ToLowerInvariant()).Distinct());

    public string? NetworksText() => AllowedNetworks.Count == 0 ? null : string.Join(' ', AllowedNetworks.Select(static text => Network(text)!.Value.ToString()).Distinct());

    private static IPNetwork? Network(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out var network) ? network : null;
        }

        // IPAddress reads "1" and "0x7f.1" too; people who write those mean something else.
        return IPAddress.TryParse(text, out var address) && address.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)
            ? new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
            : null;
    }
}

/// <summary>A key just made, with the one chance to read it.</summary>
internal sealed record CreatedApiKey(Accounts.ApiKey Key, string Secret)
{
    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Key.Id;
}
