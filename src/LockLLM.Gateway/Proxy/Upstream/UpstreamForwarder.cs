using System.Net;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>
/// Sends a call and passes the answer on.
/// <code>
///   route ── attempt ── attempt … ── next route …     until somebody answers; the caller has seen nothing yet
///                │
///                ▼
///   head: status, filtered headers, the gateway's own
///                │
///                ▼
///   body: read ─► tap ─► written and flushed ─► read …   until the end, a failure, or the caller is gone
/// </code>
/// </summary>
internal sealed partial class UpstreamForwarder(
    EgressHttp http, HostHealth health, ProviderCredentials credentials, UpstreamOptions options, UpstreamMetrics metrics, TimeProvider clock, ILogger<UpstreamForwarder> logger)
{
    private const string NoTransform = "no-store, no-transform";

    private readonly RetryRules _retries = new(options, clock);

    /// <summary>Returns when the answer has been passed on, or without having written anything when there is an error to answer.</summary>
    public async Task<UpstreamResult> ForwardAsync(HttpContext context, UpstreamCall call)
    {
        var route = call.Route;
        var attempts = 0;
        for (var next = 0; ; next++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            var reply = await AskAsync(context, call, route, patience);
            attempts += reply.Attempts;
            if (reply.IsCallerGone)
            {
                return new UpstreamResult(UpstreamEnd.CallerGone, route) { Attempts = attempts };
            }

            var isDisappointing = reply.Error is { Code.Status: >= 500 } || (reply.Answer is { } given && RetryRules.IsTransient(given.StatusCode));
            // What has no body asks for something that the provider itself keeps.
            if (isDisappointing && reply.Body is { IsRepeatable: true } && call.Fallback(next) is { } other)
            {
                LogFallback(context.TraceIdentifier, route.Target.Provider.Name, other.Target.Provider.Name);
                reply.Answer?.Dispose();
                await StopAsync(reply.Body);
                route = other;
                continue;
            }

            if (reply.Error is { } error)
            {
                await StopAsync(reply.Body);
                return new UpstreamResult(UpstreamEnd.NotBegun, route) { Error = error, Status = error.UpstreamStatus ?? 0, Attempts = attempts };
            }

            using var answer = reply.Answer!;
            var result = new UpstreamResult(UpstreamEnd.Complete, route) { Status = (int)answer.StatusCode, Attempts = attempts, Latency = reply.Latency };
            await PassOnAsync(context, call, result, answer, patience);
            await StopAsync(reply.Body);
            return result;
        }
    }

    /// <summary>Asks one route, again where that is safe. Exactly one of answer and error comes back, unless the caller is gone.</summary>
    private async Task<Reply> AskAsync(HttpContext context, UpstreamCall call, UpstreamRoute route, CancellationTokenSource patience)
    {
        var target = route.Target;
        var host = health.Of(target.Provider.Name, target.Address);
        var aborted = context.RequestAborted;
        for (var attempt = 1; ; attempt++)
        {
            var body = ForwardedBody.IsIn(context.Request) ? new ForwardedBody(route.Body, route.GoesOn, context.Request) : null;
            if (!host.TryEnter(out var pause))
            {
                LogPaused(context.TraceIdentifier, target.Provider.Name, target.Address.Host);
                return new Reply(body, attempt - 1)
                {
                    Error = new Error(ErrorCode.ProviderUnavailable, "Provider has failed repeatedly and is given a pause.") { Provider = target.Provider.Name, UpstreamStatus = 0, RetryAfter = pause },
                };
            }

            UpstreamFailure failure;
            HttpResponseMessage? answer = null;
            var start = clock.GetTimestamp();
            patience.CancelAfter(options.AnswerTimeout);
            try
            {
                var message = Message(context.Request, call, target, body);
                if (await credentials.AuthorizeAsync(target, message, route.Body ?? default, patience.Token) is { } unauthorized)
                {
                    host.Abandoned();
                    return new Reply(body, attempt) { Error = unauthorized };
                }

                answer = await http.Invoker.SendAsync(message, patience.Token);
                if (!IsRedirect(answer.StatusCode))
                {
                    var latency = clock.GetElapsedTime(start);
                    metrics.Count(target.Provider.Name, UpstreamMetrics.OutcomeOf((int)answer.StatusCode), latency);
                    if (RetryRules.IsHostFailure(answer.StatusCode))
                    {
                        host.Failed();
                    }
                    else
                    {
                        host.Succeeded(latency);
                    }

                    if (IsRepeatable(body) && _retries.Pause(attempt, message.Method, wasNeverSent: false, answer) is { } before)
                    {
                        answer.Dispose();
                        await StopAsync(body);
                        await Task.Delay(before, clock, aborted);
                        continue;
                    }

                    return Judge(target, answer, new Reply(body, attempt) { Latency = latency });
                }

                answer.Dispose();
                failure = UpstreamFailure.Redirected;
            }
            catch (Exception) when (aborted.IsCancellationRequested)
            {
                host.Abandoned();
                await StopAsync(body);
                return new Reply(body, attempt) { IsCallerGone = true };
            }
            catch (Exception) when (body?.CallerFault is not null)
            {
                // The caller's own body was at fault; the server knows how to answer that.
                host.Abandoned();
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(body.CallerFault);
                throw;
            }
            catch (OperationCanceledException)
            {
                failure = patience.IsCancellationRequested ? UpstreamFailure.AnswerTimeout : UpstreamFailure.ConnectTimeout;
            }
            catch (HttpRequestException failed)
            {
                failure = UpstreamFailures.Of(failed);
            }
            catch (IOException)
            {
                failure = UpstreamFailure.Broken;
            }

            await StopAsync(body);
            if (failure is UpstreamFailure.AddressRefused)
            {
                host.Abandoned();
            }
            else
            {
                host.Failed();
            }

            metrics.Count(target.Provider.Name, failure.ToString(), clock.GetElapsedTime(start));
            LogFailed(context.TraceIdentifier, target.Provider.Name, target.Address.Host, failure);
            if (failure is UpstreamFailure.AddressRefused or UpstreamFailure.Redirected or UpstreamFailure.AnswerTimeout
                || !IsRepeatable(body)
                || _retries.Pause(attempt, HttpMethod.Parse(context.Request.Method), failure.WasNeverSent(), answer: null) is not { } wait)
            {
                return new Reply(body, attempt) { Error = failure.ToError(target.Provider) };
            }

            try
            {
                await Task.Delay(wait, clock, aborted);
            }
            catch (OperationCanceledException)
            {
                return new Reply(body, attempt) { IsCallerGone = true };
            }
        }
    }

    // A key of ours that the provider does not take must not look like a bad key of the caller's.
    private static Reply Judge(ProviderTarget target, HttpResponseMessage answer, Reply reply)
    {
        if (answer.StatusCode != HttpStatusCode.Unauthorized || target.Access.Secret is null)
        {
            return reply with { Answer = answer };
        }

        answer.Dispose();
        return reply with
        {
            Error = new Error(ErrorCode.ProviderKeyRejected, $"Provider {target.Provider.Name} does not accept the key that is stored for it.") { Provider = target.Provider.Name, UpstreamStatus = 401 },
        };
    }

    private static HttpRequestMessage Message(HttpRequest request, UpstreamCall call, ProviderTarget target, ForwardedBody? body)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), target.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = body,
        };
        HeaderFilter.CopyRequest(request.Headers, message, withCredentials: target.Access.Secret is null, call.IsStream);
        return message;
    }

    // A call without a body can be made again like one whose body is at hand.
    private static bool IsRepeatable(ForwardedBody? body) => body?.IsRepeatable ?? true;

    private static bool IsRedirect(HttpStatusCode status) => (int)status is >= 300 and < 400 and not 304;

    /// <summary>Passes the answer on, and notes in the result how far it came.</summary>
    private async ValueTask PassOnAsync(HttpContext context, UpstreamCall call, UpstreamResult result, HttpResponseMessage answer, CancellationTokenSource patience)
    {
        var route = result.Route;
        var kind = AnswerBody.Of(answer, context.Request.Headers.AcceptEncoding.ToString());
        using var tap = new StreamTap(kind.IsEvents);
        try
        {
            await using var raw = await answer.Content.ReadAsStreamAsync(patience.Token);
            await using var body = kind.Decode(raw);
            var writer = context.Response.BodyWriter;
            var length = kind.IsEvents || kind.EncodingToUndo is not null ? null : answer.Content.Headers.ContentLength;
            var reading = body.ReadAsync(tap.Free, patience.Token);
            if (!reading.IsCompleted)
            {
                patience.CancelAfter(options.IdleTimeout);
            }

            int read;
            if (kind.IsEvents)
            {
                // The head alone tells the caller that the model is at work.
                WriteHead(context, call, route, answer, kind, length);
                if (!reading.IsCompleted)
                {
                    await writer.FlushAsync(context.RequestAborted);
                }

                read = await reading;
            }
            else
            {
                // A provider that breaks off before the first byte is still a proper error.
                read = await reading;
                WriteHead(context, call, route, answer, kind, length);
            }

            while (read > 0)
            {
                var ready = tap.Arrived(read);
                if (kind.IsPlainJson)
                {
                    tap.Read(ready.Span);
                }

                if (ready.Length > 0)
                {
                    var flushing = writer.WriteAsync(ready, context.RequestAborted);
                    if (!flushing.IsCompleted)
                    {
                        // A slow reader is the server's business; only the provider's silence counts here.
                        patience.CancelAfter(Timeout.InfiniteTimeSpan);
                    }

                    var flushed = await flushing;
                    if (flushed.IsCompleted || flushed.IsCanceled)
                    {
                        result.End = UpstreamEnd.CallerGone;
                        return;
                    }

                    result.AnswerBytes += ready.Length;
                    tap.Sent(ready.Length);
                }

                if (result.AnswerBytes == length)
                {
                    // All that was announced: nothing is gained by asking for more.
                    break;
                }

                patience.CancelAfter(options.IdleTimeout);
                read = await body.ReadAsync(tap.Free, patience.Token);
            }

            if (tap.Held.Length > 0)
            {
                // The provider's own ending, without the blank line that events should have.
                tap.Read(tap.Held.Span);
                result.AnswerBytes += tap.Held.Length;
                await writer.WriteAsync(tap.Held, context.RequestAborted);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            result.End = UpstreamEnd.CallerGone;
        }
        catch (Exception failed) when (failed is IOException or HttpRequestException or OperationCanceledException or InvalidDataException)
        {
            health.Of(route.Target.Provider.Name, route.Target.Address).Failed();
            var failure = failed is OperationCanceledException ? UpstreamFailure.AnswerTimeout : UpstreamFailure.Broken;
            LogBrokenOff(context.TraceIdentifier, route.Target.Provider.Name, route.Target.Address.Host, failure, result.AnswerBytes);
            result.Error = failure.ToError(route.Target.Provider) with { UpstreamStatus = (int)answer.StatusCode };
            if (!context.Response.HasStarted && result.AnswerBytes == 0 && !kind.IsEvents)
            {
                result.End = UpstreamEnd.NotBegun;
                return;
            }

            result.End = UpstreamEnd.BrokenOff;
            await EndAsync(context, route, tap, result.Error);
        }
        finally
        {
            result.Usage = tap.Usage;
        }
    }

    private static void WriteHead(HttpContext context, UpstreamCall call, UpstreamRoute route, HttpResponseMessage answer, AnswerBody kind, long? length)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        call.WriteHeaders(route);
        if ((int)answer.StatusCode >= 400)
        {
            response.Headers[HeaderNames.UpstreamStatus] = ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        HeaderFilter.CopyAnswer(answer, response.Headers, isDecoded: kind.EncodingToUndo is not null);
        if (kind.IsEvents)
        {
            // Proxies in front of us are told not to collect events.
            response.Headers["X-Accel-Buffering"] = "no";
            response.Headers.CacheControl = NoTransform;
        }
        else
        {
            response.ContentLength = length;
        }
    }

    // Events can be ended by one that says what happened. Any other body is cut off, which every client notices.
    private static async Task EndAsync(HttpContext context, UpstreamRoute route, StreamTap tap, Error error)
    {
        if (tap.IsAtEvent)
        {
            var last = StreamError.Event(route.Target.Path.Protocol, error with { Message = "Provider closed the stream." }, context.TraceIdentifier);
            await context.Response.BodyWriter.WriteAsync(last, context.RequestAborted);
        }
        else
        {
            context.Abort();
        }
    }

    // The bytes belong to the caller of this class again once nobody sends them.
    private static ValueTask StopAsync(ForwardedBody? body) => body?.StopAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "Provider {Provider} at {Host} gave no answer to {RequestId}: {Failure}")]
    private partial void LogFailed(string requestId, string provider, string host, UpstreamFailure failure);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Provider {Provider} at {Host} broke off its answer to {RequestId} after {Bytes} bytes: {Failure}")]
    private partial void LogBrokenOff(string requestId, string provider, string host, UpstreamFailure failure, long bytes);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Provider {Provider} at {Host} is given a pause, {RequestId} was not sent")]
    private partial void LogPaused(string requestId, string provider, string host);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "{RequestId} goes to {Other} in place of {Provider}")]
    private partial void LogFallback(string requestId, string provider, string other);

    private readonly record struct Reply(ForwardedBody? Body, int Attempts)
    {
        public HttpResponseMessage? Answer { get; init; }

        public Error? Error { get; init; }

        public bool IsCallerGone { get; init; }

        public TimeSpan Latency { get; init; }
    }
}
