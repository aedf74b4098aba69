using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy;

/// <summary>With whose key a call goes to its provider: the one that the caller brings, or the one that the account stored.</summary>
internal sealed class ProviderAccesses(ProviderKeyVault vault)
{
    private static readonly string[] s_carriers = [Microsoft.Net.Http.Headers.HeaderNames.Authorization, HeaderNames.XApiKey, HeaderNames.ApiKey, HeaderNames.GoogleApiKey];

    /// <summary>Gives either the access or the error.</summary>
    public Error? Find(HttpRequest request, Caller caller, Provider provider, out ProviderAccess access, out string? keyId)
    {
        access = new ProviderAccess();
        keyId = null;
        if (!caller.Key.AllowsProvider(provider.Name))
        {
            return new Error(ErrorCode.ProviderNotAllowed, $"This API key may not call provider {provider.Name}.") { Provider = provider.Name };
        }

        if (BringsOwnKey(request))
        {
            // The endpoint is no secret: a custom one is only known from the stored key.
            var known = caller.Account.FindProviderKey(provider.Name);
            access = provider.Root is null && known is not null ? access with { Endpoint = known.EndpointUrl, Deployment = known.DeploymentName, ApiVersion = known.ApiVersion } : access;
            return null;
        }

        var nickname = request.Headers[HeaderNames.ProviderKey].ToString();
        return Find(caller, provider, nickname.Length == 0 ? null : nickname, request.HttpContext.TraceIdentifier, out access, out keyId);
    }

    /// <summary>Gives either the stored access or the error.</summary>
    public Error? Find(Caller caller, Provider provider, string? nickname, string requestId, out ProviderAccess access, out string? keyId)
    {
        access = new ProviderAccess();
        keyId = null;
        if (caller.Account.FindProviderKey(provider.Name, nickname) is not { } entry)
        {
            return new Error(ErrorCode.NoUpstreamKey, nickname is null ? $"No key is stored for provider {provider.Name}." : $"No key of that nickname is stored for provider {provider.Name}.", nickname is null ? null : HeaderNames.ProviderKey)
            {
                Provider = provider.Name,
            };
        }

        keyId = entry.Id;
        var opened = vault.Open(entry, requestId, caller.KeyId);
        if (opened.Value is not { } key)
        {
            return opened.Error;
        }

        access = new ProviderAccess { Secret = key.Secret, Host = key.Host, Endpoint = entry.EndpointUrl, Deployment = entry.DeploymentName, ApiVersion = entry.ApiVersion };
        return null;
    }

    // With X-LockLLM-Key the other carriers are free for the provider's key. One that holds a key of ours is a mistake that
    // must not travel on.
    private static bool BringsOwnKey(HttpRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Headers[HeaderNames.Key]))
        {
            return false;
        }

        var brings = false;
        foreach (var carrier in s_carriers)
        {
            var value = request.Headers[carrier].ToString();
            if (value.Contains(ApiKeyFormat.Prefix, StringComparison.Ordinal))
            {
                return false;
            }

            brings |= !string.IsNullOrWhiteSpace(value);
        }

        return brings;
    }
}
