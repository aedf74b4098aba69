using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Analytics;

/// <summary>Sums over an account's request records, made by the database: no record is read into memory.</summary>
internal sealed class UsageStore(GatewayDatabase database)
{
    private const int TopCount = 5;

    /// <summary>A period and the one of the same length before it.</summary>
    public async Task<Usage> ReadAsync(string accountId, UsageRange range, CancellationToken cancellationToken)
    {
        var (from, to, width) = (range.From.UtcTicks, range.To.UtcTicks, range.BucketWidth.Ticks);
        var cells = await ReadAsync<UsageCell>(
            $"""
            SELECT (created_at - {from}) / {width} AS bucket, CASE WHEN is_safe = FALSE THEN threat_category ELSE NULL END AS category, COUNT(*) AS requests,
                COUNT(CASE WHEN is_safe = FALSE THEN 1 END) AS threats, COUNT(CASE WHEN is_safe = FALSE AND status = 'Failure' THEN 1 END) AS blocked,
                COUNT(CASE WHEN status = 'Error' THEN 1 END) AS errors
            FROM request_records WHERE account_id = {accountId} AND created_at >= {from} AND created_at < {to} GROUP BY 1, 2
            """,
            cancellationToken);
        var before = await ReadAsync<UsageTotals>(
            $"""
            SELECT COUNT(*) AS requests, COUNT(CASE WHEN is_safe = FALSE THEN 1 END) AS threats,
                COUNT(CASE WHEN is_safe = FALSE AND status = 'Failure' THEN 1 END) AS blocked, COUNT(CASE WHEN status = 'Error' THEN 1 END) AS errors
            FROM request_records WHERE account_id = {accountId} AND created_at >= {from - (to - from)} AND created_at < {from}
            """,
            cancellationToken);
        var keys = await ReadAsync<UsageShare>(
            $"""
            SELECT api_key_id AS name, COUNT(*) AS requests, COUNT(CASE WHEN is_safe = FALSE THEN 1 END) AS threats
            FROM request_records WHERE account_id = {accountId} AND created_at >= {from} AND created_at < {to} AND api_key_id IS NOT NULL
            GROUP BY api_key_id ORDER BY 2 DESC, 1 LIMIT {TopCount}
            """,
            cancellationToken);
        var providers = await ReadAsync<UsageShare>(
            $"""
            SELECT provider AS name, COUNT(*) AS requests, COUNT(CASE WHEN is_safe = FALSE THEN 1 END) AS threats
            FROM request_records WHERE account_id = {accountId} AND created_at >= {from} AND created_at < {to} AND provider IS NOT NULL
            GROUP BY provider ORDER BY 2 DESC, 1 LIMIT {TopCount}
            """,
            cancellationToken);
        var scanned = (await ReadAsync<Tally>(
            $"SELECT COUNT(scan_milliseconds) AS count FROM request_records WHERE account_id = {accountId} AND created_at >= {from} AND created_at < {to}",
            cancellationToken))[0].Count;
        return new Usage(range, cells, before[0], keys, providers, new Percentiles(
            await PercentileAsync(accountId, range, scanned, 0.50, cancellationToken),
            await PercentileAsync(accountId, range, scanned, 0.95, cancellationToken),
            await PercentileAsync(accountId, range, scanned, 0.99, cancellationToken)));
    }

    // By nearest rank, which both databases can do: the smallest value that at least this share does not exceed.
    private async Task<double?> PercentileAsync(string accountId, UsageRange range, long count, double share, CancellationToken cancellationToken)
    {
        var (from, to, rank) = (range.From.UtcTicks, range.To.UtcTicks, Math.Max(0, (long)Math.Ceiling(count * share) - 1));
        var found = await ReadAsync<Duration>(
            $"""
            SELECT scan_milliseconds AS milliseconds FROM request_records
            WHERE account_id = {accountId} AND created_at >= {from} AND created_at < {to} AND scan_milliseconds IS NOT NULL
            ORDER BY scan_milliseconds LIMIT 1 OFFSET {rank}
            """,
            cancellationToken);
        return found.Count == 0 ? null : found[0].Milliseconds;
    }

    private Task<List<T>> ReadAsync<T>(FormattableString sql, CancellationToken cancellationToken) =>
        database.ReadAsync((context, token) => context.Database.SqlQuery<T>(sql).ToListAsync(token), cancellationToken);

    private sealed record Tally(long Count);

    private sealed record Duration(double Milliseconds);
}
