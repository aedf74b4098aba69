using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>Where one call goes, and with which credential.</summary>
internal sealed record ProviderTarget(Provider Provider, ProviderPath Path, Uri Address, ProviderAccess Access)
{
    private static readonly string[] s_endpoints = ["/chat/completions", "/completions", "/responses", "/embeddings", "/messages", "/models"];

    // Carriers of credentials; a caller's own belong into a header, and ours must not reach an access log over there.
    private static readonly string[] s_credentialParameters =
        ["key", "api_key", "api-key", "apikey", "x-api-key", "x-goog-api-key", "access_token", "authorization", "auth_token", "token"];

    /// <param name="query">Of the request, with its question mark, or empty.</param>
    public static Error? Create(Provider provider, ProviderPath path, string query, ProviderAccess access, out ProviderTarget? target)
    {
        target = null;
        var root = Root(provider, access);
        if (root is null)
        {
            return Misconfigured(provider, $"Provider {provider.Name} has no address of its own: store its endpoint URL with the key.");
        }

        var parameters = WithoutCredentials(query);
        var address = provider.Addresses switch
        {
            AddressStyle.Gemini => Plain(path.IsNative ? Without(root, "/openai") : root, path),
            AddressStyle.Cohere => Plain(path.IsNative ? Without(root, "/compatibility/v1") : root, path),
            AddressStyle.Azure => AzureTarget.Address(root, path, access, ref parameters),
            AddressStyle.Bedrock => Plain(path.IsNative ? Without(root, "/openai/v1") : WithSuffix(root, "/openai/v1"), path),
            AddressStyle.Vertex => Plain(path.IsNative ? Without(root, "/endpoints/openapi") : WithSuffix(root, "/endpoints/openapi"), path),
            _ => Plain(root, path),
        };
        if (!Uri.TryCreate(address + parameters, UriKind.Absolute, out var uri))
        {
            return Misconfigured(provider, $"The endpoint URL stored for provider {provider.Name} is no address.");
        }

        if (access is { Secret: not null, Host: { } host } && !uri.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            return Misconfigured(provider, $"The key of provider {provider.Name} belongs to another host. Store it again with the endpoint it is for.");
        }

        target = new ProviderTarget(provider, path, uri, access);
        return null;
    }

    private static Error Misconfigured(Provider provider, string message) => new(ErrorCode.ProviderMisconfigured, message) { Provider = provider.Name };

    private static string Plain(string root, ProviderPath path) => path.Rest.Length == 0 ? root : $"{root}/{Encoded(path.Rest)}";

    /// <summary>A path as it goes into an address: what is not allowed there, escaped.</summary>
    public static string Encoded(string rest) => new PathString("/" + rest).ToUriComponent()[1..];

    // People paste the address of an endpoint where the root is asked for.
    private static string? Root(Provider provider, ProviderAccess access) => string.IsNullOrWhiteSpace(access.Endpoint) ? provider.Root : RootOf(access.Endpoint);

    /// <summary>The address without slashes and endpoints behind its root.</summary>
    public static string RootOf(string address) => s_endpoints.Aggregate(address.Trim().TrimEnd('/'), Without).TrimEnd('/');

    private static string Without(string root, string suffix) =>
        root.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? root[..^suffix.Length] : root;

    private static string WithSuffix(string root, string suffix) =>
        root.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? root : root + suffix;

    private static string WithoutCredentials(string query)
    {
        if (query.Length <= 1)
        {
            return "";
        }

        var kept = new StringBuilder(query.Length);
        foreach (var range in query.AsSpan(1).Split('&'))
        {
            var pair = query.AsSpan(1)[range];
            var name = Uri.UnescapeDataString(pair[..(pair.IndexOf('=') is >= 0 and var at ? at : pair.Length)]);
            if (!pair.IsEmpty && !s_credentialParameters.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                kept.Append(kept.Length == 0 ? '?' : '&').Append(pair);
            }
        }

        return kept.ToString();
    }
}
