using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Analytics;

/// <summary>Sums over an account's requests, made by the database: from the sums of hours, and from the records where steps are shorter than an hour.</summary>
internal sealed class UsageStore(GatewayDatabase database)
{
    private const int TopCount = 5;

    // One shape for both, so that what is asked of them is written once. Null where there is no key, provider or category.
    private const string Hours =
        """
        SELECT hour AS at, NULLIF(api_key_id, '') AS api_key_id, NULLIF(provider, '') AS provider, NULLIF(category, '') AS category, requests, threats, blocked, errors
        FROM usage_hours WHERE account_id = {0} AND hour >= {1} AND hour < {2}
        """;

    private const string Records =
        """
        SELECT created_at AS at, api_key_id, provider, CASE WHEN is_safe = FALSE THEN threat_category END AS category, 1 AS requests, CASE WHEN is_safe = FALSE THEN 1 ELSE 0 END AS threats,
            CASE WHEN is_safe = FALSE AND status = 'Failure' THEN 1 ELSE 0 END AS blocked, CASE WHEN status = 'Error' THEN 1 ELSE 0 END AS errors
        FROM request_records WHERE account_id = {0} AND created_at >= {1} AND created_at < {2}
        """;

    private const string Sums =
        "CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS requests, CAST(COALESCE(SUM(threats), 0) AS BIGINT) AS threats, "
        + "CAST(COALESCE(SUM(blocked), 0) AS BIGINT) AS blocked, CAST(COALESCE(SUM(errors), 0) AS BIGINT) AS errors";

    /// <summary>A period and the one of the same length before it.</summary>
    public async Task<Usage> ReadAsync(string accountId, UsageRange range, CancellationToken cancellationToken)
    {
        var (from, to, width) = (range.From.UtcTicks, range.To.UtcTicks, range.BucketWidth.Ticks);
        var source = IsOfHours(range) ? Hours : Records;
        var cells = await ReadAsync<UsageCell>(
            $"SELECT (at - {{1}}) / {{3}} AS bucket, category, {Sums} FROM ({source}) AS used GROUP BY 1, 2", [accountId, from, to, width], cancellationToken);
        var before = await ReadAsync<UsageTotals>($"SELECT {Sums} FROM ({source}) AS used", [accountId, range.Before.From.UtcTicks, from], cancellationToken);
        var keys = await TopAsync("api_key_id", source, [accountId, from, to, TopCount], cancellationToken);
        var providers = await TopAsync("provider", source, [accountId, from, to, TopCount], cancellationToken);
        return new Usage(range, cells, before[0], keys, providers, await PercentilesAsync(accountId, range, cancellationToken), await PercentilesAsync(accountId, range.Before, cancellationToken));
    }

    private Task<List<UsageShare>> TopAsync(string column, string source, object[] values, CancellationToken cancellationToken) => ReadAsync<UsageShare>(
        $"""
        SELECT {column} AS name, CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(threats) AS BIGINT) AS threats
        FROM ({source}) AS used WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY 2 DESC, 1 LIMIT {"{3}"}
        """,
        values,
        cancellationToken);

    private async Task<Percentiles> PercentilesAsync(string accountId, UsageRange range, CancellationToken cancellationToken)
    {
        IReadOnlyList<(int Step, long Scans)> counts;
        if (IsOfHours(range))
        {
            var sums = await ReadAsync<StepCount>(
                "SELECT step, CAST(SUM(scans) AS BIGINT) AS scans FROM usage_scan_times WHERE account_id = {0} AND hour >= {1} AND hour < {2} GROUP BY step ORDER BY step",
                [accountId, range.From.UtcTicks, range.To.UtcTicks],
                cancellationToken);
            counts = [.. sums.Select(static sum => (sum.Step, sum.Scans))];
        }
        else
        {
            var (from, to) = (range.From, range.To);
            var times = await database.ReadAsync(
                (context, token) => context.RequestRecords.Where(record => record.AccountId == accountId && record.CreatedAt >= from && record.CreatedAt < to && record.ScanMilliseconds != null)
                    .Select(static record => record.ScanMilliseconds!.Value).ToListAsync(token),
                cancellationToken);
            counts = [.. times.CountBy(ScanTimes.StepOf).OrderBy(static count => count.Key).Select(static count => (count.Key, (long)count.Value))];
        }

        return new Percentiles(ScanTimes.Percentile(counts, 0.50), ScanTimes.Percentile(counts, 0.95), ScanTimes.Percentile(counts, 0.99));
    }

    private static bool IsOfHours(UsageRange range) => range.BucketWidth >= TimeSpan.FromHours(1);

    private Task<List<T>> ReadAsync<T>(string sql, object[] values, CancellationToken cancellationToken) =>
        database.ReadAsync((context, token) => context.Database.SqlQueryRaw<T>(sql, values).ToListAsync(token), cancellationToken);

    private sealed record StepCount(int Step, long Scans);
}
