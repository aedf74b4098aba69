using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Why a provider gave no answer. Told to callers in sentences of ours: inner texts name hosts, addresses and paths.</summary>
internal enum UpstreamFailure
{
    /// <summary>No connection, or no handshake: the call never reached the provider.</summary>
    Unreachable,

    /// <summary>No connection in time.</summary>
    ConnectTimeout,

    /// <summary>The head of the answer did not come in time.</summary>
    AnswerTimeout,

    /// <summary>The connection broke, or what came over it was no HTTP.</summary>
    Broken,

    /// <summary>The address is one that the gateway does not call.</summary>
    AddressRefused,

    /// <summary>The answer leads elsewhere; keys are not carried there.</summary>
    Redirected,
}

internal static class UpstreamFailures
{
    public static UpstreamFailure Of(HttpRequestException failed)
    {
        for (Exception? inner = failed; inner is not null; inner = inner.InnerException)
        {
            if (inner is RefusedAddressException)
            {
                return UpstreamFailure.AddressRefused;
            }
        }

        return failed.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            ? UpstreamFailure.Unreachable
            : UpstreamFailure.Broken;
    }

    /// <summary>Whether the provider cannot have acted on the call.</summary>
    public static bool WasNeverSent(this UpstreamFailure failure) => failure is UpstreamFailure.Unreachable or UpstreamFailure.ConnectTimeout;

    public static Error ToError(this UpstreamFailure failure, Provider provider)
    {
        var (code, message) = failure switch
        {
            UpstreamFailure.Unreachable => (ErrorCode.ProviderError, "Provider could not be reached."),
            UpstreamFailure.ConnectTimeout => (ErrorCode.ProviderTimeout, "Provider could not be reached in time."),
            UpstreamFailure.AnswerTimeout => (ErrorCode.ProviderTimeout, "Provider did not answer in time."),
            UpstreamFailure.AddressRefused => (ErrorCode.ProviderMisconfigured, "The endpoint of this provider leads to an address that the gateway does not call."),
            UpstreamFailure.Redirected => (ErrorCode.ProviderError, "Provider answered with a redirect, which is not followed."),
            _ => (ErrorCode.ProviderError, "Provider broke off before it answered."),
        };
        return new Error(code, message) { Provider = provider.Name, UpstreamStatus = 0 };
    }
}
