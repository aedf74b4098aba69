using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Upstream;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>Asks a provider for its model list, the cheapest call that needs a key. What it answers is thrown away.</summary>
internal sealed class ModelListCheck(EgressHttp http, ProviderCredentials credentials, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>Null when the provider accepts the credential.</summary>
    public async Task<Error?> AskAsync(Provider provider, ProviderAccess access, CancellationToken cancellationToken)
    {
        if (provider.ModelList is not { } list || ProviderPath.Read(provider, list) is not { } path)
        {
            return new Error(ErrorCode.FeatureUnavailable, $"Provider {provider.Name} has no model list to ask, so its keys cannot be tested without a paid call.") { Provider = provider.Name };
        }

        if (ProviderTarget.Create(provider, path, "", access, out var target) is { } nowhere)
        {
            return nowhere;
        }

        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, target!.Address);
            if (await credentials.AuthorizeAsync(target, message, ReadOnlyMemory<byte>.Empty, either.Token) is { } unauthorized)
            {
                return unauthorized;
            }

            using var answer = await http.Invoker.SendAsync(message, either.Token);
            return Problem(provider, (int)answer.StatusCode);
        }
        catch (HttpRequestException failed)
        {
            return UpstreamFailures.Of(failed).ToError(provider);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return UpstreamFailure.AnswerTimeout.ToError(provider);
        }
    }

    private static Error? Problem(Provider provider, int status) => status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => UpstreamFailure.Redirected.ToError(provider) with { UpstreamStatus = status },
        401 or 403 => new Error(ErrorCode.ProviderKeyRejected, $"Provider {provider.Name} does not accept this key.") { Provider = provider.Name, UpstreamStatus = status },
        _ => new Error(ErrorCode.ProviderError, $"Provider {provider.Name} did not give its model list: status {status}.") { Provider = provider.Name, UpstreamStatus = status },
    };
}
