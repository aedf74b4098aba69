using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy;

/// <summary>Tells whether a stored key works: it opens, and its provider accepts it. Nothing of it is kept but the record that it was opened.</summary>
internal sealed class ProviderKeyVerification(ProviderKeyStore keys, ProviderKeyVault vault, ProviderCatalog catalog, ModelListCheck models)
{
    /// <summary>Null when it works.</summary>
    public async Task<Error?> VerifyAsync(string accountId, string id, string actor, string requestId, CancellationToken cancellationToken)
    {
        var found = await keys.FindAsync(accountId, id, cancellationToken);
        if (found.Value is not { } entry)
        {
            return found.Error;
        }

        if (catalog.Find(entry.Provider) is not { } provider)
        {
            return new Error(ErrorCode.ProviderNotFound, "The provider of this key is no longer known.");
        }

        var opened = vault.Open(entry, requestId, actor);
        if (opened.Value is not { } key)
        {
            return opened.Error;
        }

        var access = new ProviderAccess { Secret = key.Secret, Host = key.Host, Endpoint = entry.EndpointUrl, Deployment = entry.DeploymentName, ApiVersion = entry.ApiVersion };
        return await models.AskAsync(provider, access, cancellationToken);
    }
}
