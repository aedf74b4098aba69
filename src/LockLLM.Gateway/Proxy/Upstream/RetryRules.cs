using System.Net;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Whether a call may be made once more, and when.</summary>
internal sealed class RetryRules(UpstreamOptions options, TimeProvider clock)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Statuses that say: not now.</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        (int)status is 429 or 500 or 502 or 503 or 504 or 529;

    /// <summary>Statuses by which a host says that it serves nobody at the moment.</summary>
    public static bool IsHostFailure(HttpStatusCode status) => (int)status is 502 or 503 or 504 or 529;

    /// <summary>The pause before another try after <paramref name="attempts"/> of them; null when there is to be none.</summary>
    /// <param name="wasNeverSent">The provider cannot have acted on the call.</param>
    /// <param name="answer">The provider's answer, if it gave one.</param>
    public TimeSpan? Pause(int attempts, HttpMethod method, bool wasNeverSent, HttpResponseMessage? answer)
    {
        if (attempts > options.Retries || (answer is not null && ((int)answer.StatusCode == 500 || !IsTransient(answer.StatusCode))))
        {
            return null;
        }

        var isSafe = wasNeverSent || IsIdempotent(method) || options.RetryUnsafe;
        if (!isSafe)
        {
            return null;
        }

        var pause = answer is not null && AskedPause(answer) is { } asked ? asked : s_firstPause * Math.Pow(2, attempts - 1);
        return pause <= options.MaxRetryPause ? pause : null;
    }

    private TimeSpan? AskedPause(HttpResponseMessage answer)
    {
        var asked = answer.Headers.RetryAfter;
        return asked switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
    }

    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Put || method == HttpMethod.Delete;
}
