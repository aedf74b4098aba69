namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>How a provider's paths and addresses are formed.</summary>
internal enum AddressStyle
{
    /// <summary>API root and the rest of the path.</summary>
    Plain,
    Gemini,
    Cohere,
    Azure,
    Bedrock,
    Vertex,
}

/// <summary>How a provider wants to be shown a credential.</summary>
internal enum CredentialStyle
{
    /// <summary><c>Authorization: Bearer</c>.</summary>
    Bearer,

    /// <summary><c>x-api-key</c>, and a default <c>anthropic-version</c>.</summary>
    Anthropic,

    /// <summary>Bearer at the OpenAI-shaped paths, <c>x-goog-api-key</c> at the native ones.</summary>
    Gemini,

    /// <summary><c>api-key</c>, or a token of Entra ID.</summary>
    Azure,

    /// <summary>A Bedrock API key as bearer, or a signature with an access key.</summary>
    Aws,

    /// <summary>A token that a service account is given.</summary>
    GoogleServiceAccount,
}

/// <summary>One row of the <see cref="ProviderCatalog"/>.</summary>
/// <param name="Name">As in <c>/v1/proxy/{name}</c>.</param>
/// <param name="Root">API root; null where the account has to give its endpoint.</param>
internal sealed record Provider(
    string Name, string? Root, CredentialStyle Credential = CredentialStyle.Bearer, AddressStyle Addresses = AddressStyle.Plain)
{
    private string? _rootPath;

    /// <summary>Path of the root with a slash behind it; empty where it has none.</summary>
    public string RootPath => _rootPath ??= Root is not null && new Uri(Root).AbsolutePath.Trim('/') is { Length: > 0 } path ? path + "/" : "";

    /// <summary>Path of the model list, asked to see whether a key works; null where there is none.</summary>
    public string? ModelList { get; init; } = "models";
}
