using System.Collections.Frozen;
using System.Globalization;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Limits;

/// <summary>
/// Lets an account, and a key that has a limit of its own, make so many requests in any 60 seconds. Stands behind the
/// authentication; what it refuses does not count.
/// </summary>
internal sealed partial class RateLimits(
    RequestDelegate next, ICounters counters, RateLimitOptions options, LimitMetrics metrics, RequestLogQueue records, TimeProvider clock, ILogger<RateLimits> logger)
{
    private static readonly TimeSpan s_worthRepeating = TimeSpan.FromSeconds(60);

    private readonly FrozenDictionary<string, int> _tiers = options.Tiers.ToFrozenDictionary(static tier => tier.Name!, static tier => tier.RequestsPerMinute, StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context) => context.Features.Get<Caller>() is { } caller ? TakeAsync(context, caller) : next(context);

    /// <summary>The account's own figure, its tier's, or the one for all.</summary>
    public int LimitOf(AccountSettings settings) =>
        settings.RequestsPerMinute ?? (settings.Tier is { } tier && _tiers.TryGetValue(tier, out var figure) ? figure : options.RequestsPerMinute);

    private Task TakeAsync(HttpContext context, Caller caller)
    {
        var taking = counters.TakeAsync(
            new Allowance(caller.AccountId, LimitOf(caller.Account.Settings)),
            caller.Key.RequestsPerMinute is { } limit ? new Allowance(caller.KeyId, limit) : null,
            context.RequestAborted);
#pragma warning disable MA0042 // Counted in memory it is there already, and nothing has to be kept until the answer is written.
        return taking.IsCompletedSuccessfully ? GoOnAsync(context, caller, taking.Result) : AwaitAsync(context, caller, taking);
#pragma warning restore MA0042
    }

    private async Task AwaitAsync(HttpContext context, Caller caller, ValueTask<Take> taking) => await GoOnAsync(context, caller, await taking);

    private Task GoOnAsync(HttpContext context, Caller caller, Take take)
    {
        RateLimitHeaders.Write(context.Response.Headers, take, clock.GetUtcNow());
        return take.IsGranted ? next(context) : RefuseAsync(context, caller, take);
    }

    private Task RefuseAsync(HttpContext context, Caller caller, Take take)
    {
        metrics.CountRefusal();
        LogRefused(context.TraceIdentifier, caller.KeyId, take.Limit);
        Record(context, caller);
        var wait = RateLimitHeaders.Wait(take);
        if (wait > s_worthRepeating)
        {
            // Provider clients do not wait that long: they would come back early, again and again.
            context.Response.Headers[HeaderNames.ShouldRetry] = "false";
        }

        return new ErrorResult(new Error(ErrorCode.RateLimited, string.Create(CultureInfo.InvariantCulture, $"{take.Limit:N0} requests per minute exceeded.")) { RetryAfter = wait }).ExecuteAsync(context);
    }

    private void Record(HttpContext context, Caller caller)
    {
        var path = context.Request.Path;
        if (!path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            return;
        }

        var now = clock.GetUtcNow();
        records.Add(new RequestRecord
        {
            Id = Ids.NewRecord(now),
            AccountId = caller.AccountId,
            CreatedAt = now,
            Kind = path.StartsWithSegments("/v1/scan", StringComparison.Ordinal) ? RequestKind.ScanApi : RequestKind.ProxyRequest,
            Status = RequestStatus.Failure,
            RequestId = context.TraceIdentifier,
            ApiKeyId = caller.KeyId,
            ErrorCode = ErrorCode.RateLimited.Code,
            HttpStatus = ErrorCode.RateLimited.Status,
        });
    }

    [LoggerMessage(EventId = 1601, Level = LogLevel.Information, Message = "Refused {RequestId}: {KeyId} is over its limit of {Limit} requests a minute")]
    private partial void LogRefused(string requestId, string keyId, int limit);
}
