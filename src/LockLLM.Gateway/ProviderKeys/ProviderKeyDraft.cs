using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.ProviderKeys;

/// <summary>The API root that a provider has without an endpoint of the account's, or null.</summary>
internal delegate Uri? ProviderRoot(string provider);

/// <summary>A provider key that somebody wants to store, or the fields of one to change: null leaves a field as it is.</summary>
internal sealed record ProviderKeyDraft
{
    private const int MaxSecretLength = 16_384;
    private const int MaxNicknameLength = 100;
    private const int MaxFieldLength = 256;

    public string? Provider { get; init; }

    /// <summary>Write-only.</summary>
    public string? ApiKey { get; init; }

    public string? Nickname { get; init; }

    /// <summary>Empty removes it.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Azure. Empty removes it.</summary>
    public string? DeploymentName { get; init; }

    /// <summary>Azure. Empty removes it.</summary>
    public string? ApiVersion { get; init; }

    public bool? IsEnabled { get; init; }

    public bool? IsDefault { get; init; }

    /// <param name="addressProblem">Says why an endpoint will not be called, or null.</param>
    public Error? Problem(Func<string, string?> addressProblem) => this switch
    {
        { ApiKey.Length: > MaxSecretLength } => new Error(ErrorCode.InvalidInput, $"A key has at most {MaxSecretLength} characters.", "api_key"),
        { ApiKey: { } secret } when string.IsNullOrWhiteSpace(secret) => new Error(ErrorCode.InvalidInput, "The key is empty.", "api_key"),
        { Nickname: { } nickname } when !IsWord(nickname, MaxNicknameLength) => new Error(ErrorCode.InvalidInput, $"A nickname has at most {MaxNicknameLength} visible ASCII characters.", "nickname"),
        { DeploymentName: { } deployment } when !IsWord(deployment, MaxFieldLength) => new Error(ErrorCode.InvalidInput, "The deployment name is no name.", "deployment_name"),
        { ApiVersion: { } version } when !IsWord(version, MaxFieldLength) => new Error(ErrorCode.InvalidInput, "The API version is no version.", "api_version"),
        { EndpointUrl: { Length: > 0 } url } when addressProblem(url) is { } problem => new Error(ErrorCode.InvalidInput, $"The endpoint URL {problem}.", "endpoint_url"),
        _ => null,
    };

    public Error? ProblemOfNew() => this switch
    {
        { Provider: null or "" } => new Error(ErrorCode.MissingField, "Name the provider.", "provider"),
        { Provider: var name } when !ProviderNames.All.Contains(name, StringComparer.OrdinalIgnoreCase) => new Error(ErrorCode.InvalidProvider, "No provider of that name.", "provider"),
        { ApiKey: null } => new Error(ErrorCode.MissingField, "Give the provider's key.", "api_key"),
        _ => null,
    };

    /// <summary>Tells nothing of the secret.</summary>
    public override string ToString() => nameof(ProviderKeyDraft);

    // Nicknames are sent in a header.
    private static bool IsWord(string text, int maxLength) => text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
