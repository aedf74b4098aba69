namespace LockLLM.Gateway.Accounts;

/// <summary>All that requests of an account need to know, as it was at one moment. Never changes; a newer one takes its place.</summary>
internal sealed record AccountSnapshot
{
    public required string AccountId { get; init; }

    public required string Name { get; init; }

    public required long Revision { get; init; }

    public required AccountSettings Settings { get; init; }

    /// <summary>Without revoked ones.</summary>
    public required IReadOnlyList<ApiKey> ApiKeys { get; init; }

    /// <summary>Of each provider: the default first, then the newest.</summary>
    public required IReadOnlyList<ProviderKeyEntry> ProviderKeys { get; init; }

    /// <summary>The enabled key of that nickname, or without one the first enabled default, else the newest.</summary>
    public ProviderKeyEntry? FindProviderKey(string provider, string? nickname = null)
    {
        foreach (var key in ProviderKeys)
        {
            if (key.IsEnabled
                && key.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase)
                && (nickname is null || key.Nickname.Equals(nickname, StringComparison.OrdinalIgnoreCase)))
            {
                return key;
            }
        }

        return null;
    }
}

/// <summary>An API key and the account it belongs to.</summary>
internal sealed record KnownKey(ApiKey Key, AccountSnapshot Account);
