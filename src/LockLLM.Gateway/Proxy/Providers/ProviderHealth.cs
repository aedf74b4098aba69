using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Egress;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// How the providers that an account can call are doing, as this node sees them. The hosts of endpoints that other accounts
/// stored are not told.
/// </summary>
internal sealed class ProviderHealth(HostHealth hosts, ProviderCatalog catalog)
{
    /// <summary>One row for each host that the account can reach and that was called since the start, by provider and host.</summary>
    public IReadOnlyList<HostReport> Of(AccountSnapshot account)
    {
        var reachable = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in catalog.All)
        {
            Add(provider.Root);
        }

        foreach (var key in account.ProviderKeys)
        {
            Add(key.EndpointUrl);
        }

        return [.. hosts.Report().Where(report => reachable.Contains(report.Host)).OrderBy(static report => report.Provider, StringComparer.Ordinal)];

        void Add(string? address)
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var known))
            {
                reachable.Add(known.Authority);
            }
        }
    }
}
