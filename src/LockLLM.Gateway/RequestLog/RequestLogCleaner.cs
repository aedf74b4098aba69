using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Days that an account's records are kept, by account id, where it has a figure of its own.</summary>
internal delegate IReadOnlyDictionary<string, int> AccountRetention();

/// <summary>Deletes records and their sums that have been kept long enough, some at a time, so that writers get their turn in between.</summary>
internal sealed partial class RequestLogCleaner(
    GatewayDatabase database, RequestLogOptions options, AccountRetention ofAccounts, TimeProvider clock, ILogger<RequestLogCleaner> logger) : BackgroundService
{
    private const int BatchSize = 5000;

    private static readonly TimeSpan s_interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(1);

    /// <summary>How many were deleted.</summary>
    public async Task<long> CleanAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var own = ofAccounts();
        var ids = own.Keys.ToArray();
        var rest = now - TimeSpan.FromDays(options.RetentionDays);
        var deleted = await DeleteAsync(records => records.Where(record => record.CreatedAt < rest && !ids.Contains(record.AccountId)), cancellationToken);
        await DeleteSumsAsync(null, ids, rest, cancellationToken);
        foreach (var (account, days) in own)
        {
            var before = now - TimeSpan.FromDays(days);
            await DeleteSumsAsync(account, [], before, cancellationToken);
            deleted += await DeleteAsync(records => records.Where(record => record.AccountId == account && record.CreatedAt < before), cancellationToken);
        }

        return deleted;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = s_first;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                var deleted = await CleanAsync(stoppingToken);
                LogDeleted(deleted);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(new Fault(failed));
            }

            wait = s_interval;
        }
    }

    private async Task<long> DeleteAsync(Func<IQueryable<Storage.Entities.RequestRecord>, IQueryable<Storage.Entities.RequestRecord>> old, CancellationToken cancellationToken)
    {
        var all = 0L;
        while (true)
        {
            var outcome = await database.ChangeAsync<int>(
                async (context, token) =>
                {
                    var ids = old(context.RequestRecords).OrderBy(static record => record.CreatedAt).Select(static record => record.Id).Take(BatchSize);
                    return await context.RequestRecords.Where(record => ids.Contains(record.Id)).ExecuteDeleteAsync(token);
                },
                cancellationToken);
            all += outcome.Value;
            if (outcome.Value < BatchSize)
            {
                return all;
            }
        }
    }

    private Task<Outcome<int>> DeleteSumsAsync(string? account, string[] others, DateTimeOffset before, CancellationToken cancellationToken) =>
        database.ChangeAsync<int>(async (context, token) => await UsageSumStore.DeleteAsync(context, account, others, before, token), cancellationToken);

    [LoggerMessage(EventId = 1411, Level = LogLevel.Debug, Message = "Deleted {Count} request records that were kept long enough")]
    private partial void LogDeleted(long count);

    [LoggerMessage(EventId = 1412, Level = LogLevel.Warning, Message = "Old request records could not be deleted; tried again in an hour. {Fault}")]
    private partial void LogFailed(Fault fault);
}
