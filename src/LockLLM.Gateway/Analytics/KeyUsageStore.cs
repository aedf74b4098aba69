using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Analytics;

/// <summary>How often API keys were used on each of the last days, from the sums of hours.</summary>
internal sealed class KeyUsageStore(GatewayDatabase database, TimeProvider clock)
{
    private const long Day = TimeSpan.TicksPerDay;

    /// <summary>Of every key of the account that was used, the requests of each of the last days in UTC, today's last.</summary>
    public async Task<IReadOnlyDictionary<string, long[]>> ReadAsync(string accountId, int days, CancellationToken cancellationToken)
    {
        var from = First(days);
        var cells = await ReadAsync(
            $"""
            SELECT api_key_id AS key, (hour - {from}) / {Day} AS day, CAST(SUM(requests) AS BIGINT) AS requests FROM usage_hours
            WHERE account_id = {accountId} AND hour >= {from} AND hour < {from + (days * Day)} AND api_key_id <> '' GROUP BY 1, 2
            """,
            cancellationToken);
        return cells.GroupBy(static cell => cell.Key, StringComparer.Ordinal).ToDictionary(static key => key.Key, key => Series(key, days), StringComparer.Ordinal);
    }

    /// <summary>The same of one key.</summary>
    public async Task<IReadOnlyList<long>> ReadAsync(string accountId, string keyId, int days, CancellationToken cancellationToken)
    {
        var from = First(days);
        return Series(
            await ReadAsync(
                $"""
                SELECT api_key_id AS key, (hour - {from}) / {Day} AS day, CAST(SUM(requests) AS BIGINT) AS requests FROM usage_hours
                WHERE account_id = {accountId} AND api_key_id = {keyId} AND hour >= {from} AND hour < {from + (days * Day)} GROUP BY 1, 2
                """,
                cancellationToken),
            days);
    }

    private long First(int days) => ((clock.GetUtcNow().UtcTicks / Day) - days + 1) * Day;

    private static long[] Series(IEnumerable<Cell> cells, int days)
    {
        var series = new long[days];
        foreach (var cell in cells)
        {
            series[cell.Day] = cell.Requests;
        }

        return series;
    }

    private Task<List<Cell>> ReadAsync(FormattableString sql, CancellationToken cancellationToken) =>
        database.ReadAsync((context, token) => context.Database.SqlQuery<Cell>(sql).ToListAsync(token), cancellationToken);

    private sealed record Cell(string Key, long Day, long Requests);
}
