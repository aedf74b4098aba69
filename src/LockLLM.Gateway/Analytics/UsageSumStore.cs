using System.Globalization;
using System.Text;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Analytics;

/// <summary>Keeps the sums of each hour beside the records they are of, so that a month is not added up anew for each look.</summary>
internal static class UsageSumStore
{
    /// <summary>In the transaction that writes the records: neither is there without the other.</summary>
    public static async Task AddAsync(GatewayDbContext context, IReadOnlyList<RequestRecord> records, CancellationToken cancellationToken)
    {
        // In one order, so that two gateways never wait for each other's rows in turn.
        var hours = records.GroupBy(static record => (
                record.AccountId, Hour: HourOf(record.CreatedAt), ApiKeyId: record.ApiKeyId ?? "", Provider: record.Provider ?? "", Category: record.IsSafe == false ? record.ThreatCategory ?? "" : ""))
            .OrderBy(static hour => hour.Key.AccountId, StringComparer.Ordinal).ThenBy(static hour => hour.Key.Hour).ThenBy(static hour => hour.Key.ApiKeyId, StringComparer.Ordinal)
            .ThenBy(static hour => hour.Key.Provider, StringComparer.Ordinal).ThenBy(static hour => hour.Key.Category, StringComparer.Ordinal);
        await UpsertAsync(
            context,
            "usage_hours (account_id, hour, api_key_id, provider, category, requests, threats, blocked, errors)",
            "(account_id, hour, api_key_id, provider, category) DO UPDATE SET requests = usage_hours.requests + excluded.requests, threats = usage_hours.threats + excluded.threats, "
                + "blocked = usage_hours.blocked + excluded.blocked, errors = usage_hours.errors + excluded.errors",
            [
                .. hours.Select(static hour => new object[]
                {
                    hour.Key.AccountId, hour.Key.Hour, hour.Key.ApiKeyId, hour.Key.Provider, hour.Key.Category, hour.LongCount(), hour.LongCount(static record => record.IsSafe == false),
                    hour.LongCount(static record => record is { IsSafe: false, Status: RequestStatus.Failure }), hour.LongCount(static record => record.Status == RequestStatus.Error),
                }),
            ],
            cancellationToken);

        var times = records.Where(static record => record.ScanMilliseconds is not null)
            .GroupBy(static record => (record.AccountId, Hour: HourOf(record.CreatedAt), Step: ScanTimes.StepOf(record.ScanMilliseconds!.Value)))
            .OrderBy(static time => time.Key.AccountId, StringComparer.Ordinal).ThenBy(static time => time.Key.Hour).ThenBy(static time => time.Key.Step);
        await UpsertAsync(
            context,
            "usage_scan_times (account_id, hour, step, scans)",
            "(account_id, hour, step) DO UPDATE SET scans = usage_scan_times.scans + excluded.scans",
            [.. times.Select(static time => new object[] { time.Key.AccountId, time.Key.Hour, time.Key.Step, time.LongCount() })],
            cancellationToken);
    }

    /// <summary>Those of hours that were over by then.</summary>
    /// <param name="accountId">Null for all accounts but <paramref name="others"/>.</param>
    public static async Task<int> DeleteAsync(GatewayDbContext context, string? accountId, IReadOnlyCollection<string> others, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var last = before - TimeSpan.FromHours(1);
        return await context.UsageHours.Where(sum => sum.Hour <= last && (accountId == null ? !others.Contains(sum.AccountId) : sum.AccountId == accountId)).ExecuteDeleteAsync(cancellationToken)
            + await context.UsageScanTimes.Where(sum => sum.Hour <= last && (accountId == null ? !others.Contains(sum.AccountId) : sum.AccountId == accountId)).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task UpsertAsync(GatewayDbContext context, string into, string onConflict, IReadOnlyList<object[]> rows, CancellationToken cancellationToken)
    {
        // The databases take some ten thousand parameters in one statement.
        foreach (var part in rows.Chunk(1000))
        {
            var sql = new StringBuilder("INSERT INTO ").Append(into).Append(" VALUES ");
            var next = 0;
            foreach (var row in part)
            {
                sql.Append(next == 0 ? "(" : ", (").AppendJoin(", ", row.Select(_ => string.Create(CultureInfo.InvariantCulture, $"{{{next++}}}"))).Append(')');
            }

            await context.Database.ExecuteSqlRawAsync(sql.Append(" ON CONFLICT ").Append(onConflict).ToString(), part.SelectMany(static row => row), cancellationToken);
        }
    }

    private static long HourOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour;
}
