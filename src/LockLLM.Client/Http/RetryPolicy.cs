using System.Net;
using LockLLM.Contracts;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace LockLLM.Client;

/// <summary>
/// The one retry policy, for scans and for calls through the proxy alike. Repeats 429, 500, 502, 503, broken connections
/// and timeouts; waits as <c>Retry-After</c> says, else 1, 2, 4 ... up to 30 seconds and up to a tenth more.
/// </summary>
internal sealed partial class RetryPolicy
{
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly LockLlmClientOptions _options;
    private readonly ILogger _logger;

    public RetryPolicy(LockLlmClientOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        if (options.MaxRetries == 0)
        {
            _pipeline = ResiliencePipeline<HttpResponseMessage>.Empty;
            return;
        }

        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.MaxRetries,
                ShouldHandle = args => new ValueTask<bool>(IsWorthRepeating(args.Outcome)),
                DelayGenerator = args => new ValueTask<TimeSpan?>(Delay(args.AttemptNumber, args.Outcome.Result)),
                OnRetry = args =>
                {
                    ClientTelemetry.Retried();
                    LogRetry((int?)args.Outcome.Result?.StatusCode ?? 0, args.AttemptNumber + 1, args.RetryDelay.TotalMilliseconds);
                    return default;
                },
            })
            .Build();
    }

    /// <exception cref="LockLlmNetworkException">No attempt got an answer.</exception>
    public async ValueTask<HttpResponseMessage> SendAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, string? requestId, TimeSpan timeout, bool repeatable, CancellationToken cancellationToken)
    {
        var attempts = new Attempts { SendAsync = send, Timeout = timeout };
        try
        {
            return repeatable
                ? await _pipeline.ExecuteAsync(static (attempts, token) => attempts.NextAsync(token), attempts, cancellationToken).ConfigureAwait(false)
                : await attempts.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsTransport(failure))
        {
            throw NoAnswer(failure, attempts.Count, requestId);
        }
    }

    /// <inheritdoc cref="SendAsync"/>
    public HttpResponseMessage Send(
        Func<CancellationToken, HttpResponseMessage> send, string? requestId, TimeSpan timeout, bool repeatable, CancellationToken cancellationToken)
    {
        var attempts = new Attempts { Send = send, Timeout = timeout };
        try
        {
            return repeatable
                ? _pipeline.Execute(static (attempts, token) => attempts.Next(token), attempts, cancellationToken)
                : attempts.Next(cancellationToken);
        }
        catch (Exception failure) when (IsTransport(failure))
        {
            throw NoAnswer(failure, attempts.Count, requestId);
        }
    }

    /// <summary>How long an answer asks to wait; null where it does not say, or says something unreadable.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _options.TimeProvider.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return asked > TimeSpan.Zero ? asked : null;
    }

    public static bool IsTransport(Exception failure) =>
        failure is HttpRequestException or IOException or TimeoutException or InvalidDataException;

    public LockLlmNetworkException NoAnswer(Exception cause, int attempts, string? requestId) =>
        new($"No answer from {_options.BaseUrl!.Authority} after {attempts} {(attempts == 1 ? "attempt" : "attempts")}: {Reason(cause)}.", cause) { RequestId = requestId };

    private bool IsWorthRepeating(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        // What the certificate or a limit of ours forbids, it forbids again.
        { Exception: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded } } => false,
        { Exception: { } failure } => IsTransport(failure),
        { Result: { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable } answer } =>
            !(answer.Headers.TryGetValues(HeaderNames.ShouldRetry, out var advice) && advice.Contains("false", StringComparer.OrdinalIgnoreCase))
            && !(RetryAfter(answer) > _options.MaxRetryDelay),
        _ => false,
    };

    private TimeSpan Delay(int attempt, HttpResponseMessage? answer)
    {
        if (answer is not null && RetryAfter(answer) is { } asked)
        {
            return asked;
        }

        var backoff = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt), s_longestBackoff.TotalSeconds));
        return backoff * (1 + _options.Jitter() / 10);
    }

    private static string Reason(Exception cause) => cause switch
    {
        TimeoutException => "it took too long",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the host name is unknown",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "no connection could be made",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "TLS failed",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the answer is too large",
        _ => "the connection broke or the answer is no HTTP",
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Attempt {Attempt} failed with status {Status}; the next follows in {Delay:F0} ms")]
    private partial void LogRetry(int status, int attempt, double delay);

    /// <summary>The attempts of one call, each with a deadline of its own.</summary>
    private sealed class Attempts
    {
        public Func<CancellationToken, Task<HttpResponseMessage>>? SendAsync { get; init; }

        public Func<CancellationToken, HttpResponseMessage>? Send { get; init; }

        public required TimeSpan Timeout { get; init; }

        public int Count { get; private set; }

        public async ValueTask<HttpResponseMessage> NextAsync(CancellationToken cancellationToken)
        {
            Count++;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Timeout);
            try
            {
                return await SendAsync!(deadline.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsOurDoing(failure, deadline))
            {
                throw Meaning(failure, cancellationToken);
            }
        }

        public HttpResponseMessage Next(CancellationToken cancellationToken)
        {
            Count++;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Timeout);
            try
            {
                return Send!(deadline.Token);
            }
            catch (Exception failure) when (IsOurDoing(failure, deadline))
            {
                throw Meaning(failure, cancellationToken);
            }
        }

        // Cancelling can surface as a broken connection, and a deadline looks like cancelling: tell them apart.
        private static bool IsOurDoing(Exception failure, CancellationTokenSource deadline) =>
            failure is OperationCanceledException || (deadline.IsCancellationRequested && IsTransport(failure));

        private Exception Meaning(Exception failure, CancellationToken caller) => caller.IsCancellationRequested
            ? new OperationCanceledException(null, failure, caller)
            : new TimeoutException($"No answer within {Timeout}.", failure);
    }
}
