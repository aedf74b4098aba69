using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy;

/// <summary>With whose key a call goes to its provider.</summary>
internal static class ProviderAccesses
{
    private static readonly string[] s_carriers = [Microsoft.Net.Http.Headers.HeaderNames.Authorization, HeaderNames.XApiKey, HeaderNames.ApiKey, HeaderNames.GoogleApiKey];

    /// <summary>Gives either the access or the error.</summary>
    public static Error? Find(HttpRequest request, Provider provider, out ProviderAccess access)
    {
        access = new ProviderAccess();
        return BringsOwnKey(request)
            ? null
            : new Error(ErrorCode.NoUpstreamKey, $"No key is stored for provider {provider.Name}.") { Provider = provider.Name };
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
