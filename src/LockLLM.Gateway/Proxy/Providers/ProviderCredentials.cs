using System.Net.Http.Headers;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>Shows a provider the account's credential, in the way that provider wants to see it.</summary>
internal sealed class ProviderCredentials(AccessTokens tokens, TimeProvider clock)
{
    private const string AnthropicVersion = "anthropic-version";
    private const string DefaultAnthropicVersion = "2023-06-01";
    private const string Bearer = "Bearer";

    private static readonly string[] s_carriers = ["Authorization", HeaderNames.XApiKey, HeaderNames.ApiKey, HeaderNames.GoogleApiKey];

    /// <summary>The headers that may carry a credential.</summary>
    public static bool IsCarrier(string header) => s_carriers.Contains(header, StringComparer.OrdinalIgnoreCase);

    /// <summary>Completes a message that is otherwise ready to be sent; a signature covers its body.</summary>
    public ValueTask<Error?> AuthorizeAsync(ProviderTarget target, HttpRequestMessage message, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (target.Provider.Credential == CredentialStyle.Anthropic && !message.Headers.Contains(AnthropicVersion))
        {
            message.Headers.TryAddWithoutValidation(AnthropicVersion, DefaultAnthropicVersion);
        }

        // Without one of ours the caller's own is on the message already.
        return target.Access.Secret is { } secret ? ShowAsync(secret, target, message, body, cancellationToken) : default;
    }

    private async ValueTask<Error?> ShowAsync(string secret, ProviderTarget target, HttpRequestMessage message, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var headers = message.Headers;
        if (secret.AsSpan().ContainsAnyInRange('\0', '\u001F') && secret.AsSpan().Trim()[0] != '{')
        {
            return Malformed(target);
        }

        switch (target.Provider.Credential)
        {
            case CredentialStyle.Anthropic:
                headers.TryAddWithoutValidation(HeaderNames.XApiKey, secret);
                return null;
            case CredentialStyle.Gemini when target.Path.IsNative:
                headers.TryAddWithoutValidation(HeaderNames.GoogleApiKey, secret);
                return null;
            case CredentialStyle.Azure when EntraApplication.IsOne(secret):
                return EntraApplication.Read(secret) is { } application
                    ? await BearAsync(() => tokens.GetAsync(secret, application.TokenRequest, cancellationToken))
                    : Malformed(target);
            case CredentialStyle.Azure when !LooksLikeToken(secret):
                headers.TryAddWithoutValidation(HeaderNames.ApiKey, secret);
                return null;
            case CredentialStyle.Aws when AwsAccessKey.IsOne(secret):
                if (AwsAccessKey.Read(secret, target.Address.Host) is not { } key)
                {
                    return Malformed(target);
                }

                AwsSignature.Sign(message, body.Span, key, clock.GetUtcNow());
                return null;
            case CredentialStyle.GoogleServiceAccount when GoogleServiceAccount.IsOne(secret):
                return GoogleServiceAccount.Read(secret) is { } account
                    ? await BearAsync(() => tokens.GetAsync(secret, () => account.TokenRequest(clock.GetUtcNow()), cancellationToken))
                    : Malformed(target);
            default:
                headers.Authorization = new AuthenticationHeaderValue(Bearer, secret);
                return null;
        }

        async ValueTask<Error?> BearAsync(Func<ValueTask<string?>> getToken)
        {
            if (await getToken() is not { } token)
            {
                return new Error(ErrorCode.ProviderError, $"No access token could be had for provider {target.Provider.Name}.") { Provider = target.Provider.Name, UpstreamStatus = 0 };
            }

            headers.Authorization = new AuthenticationHeaderValue(Bearer, token);
            return null;
        }
    }

    // Tokens of Entra ID are JSON web tokens; keys of a resource are hexadecimal or base 62.
    private static bool LooksLikeToken(string secret) => secret.StartsWith("eyJ", StringComparison.Ordinal) && secret.Contains('.', StringComparison.Ordinal);

    private static Error Malformed(ProviderTarget target) =>
        new(ErrorCode.ProviderMisconfigured, $"The credential stored for provider {target.Provider.Name} is incomplete or malformed.") { Provider = target.Provider.Name };
}
