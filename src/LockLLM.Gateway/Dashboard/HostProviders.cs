using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Dashboard;

/// <summary>Calls are counted by host, under the provider that was called there first; an account may reach several at one.</summary>
internal static class HostProviders
{
    /// <summary>Those that lead this account to the host, by name.</summary>
    public static IReadOnlyList<string> At(HostReport host, AccountSnapshot account, ProviderCatalog catalog)
    {
        var own = catalog.All.Where(provider => LeadsTo(provider.Root)).Select(static provider => provider.Name);
        var stored = account.ProviderKeys.Where(key => LeadsTo(key.EndpointUrl)).Select(static key => key.Provider);
        return [.. own.Concat(stored).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

        bool LeadsTo(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var known) && known.Authority.Equals(host.Host, StringComparison.OrdinalIgnoreCase);
    }
}
