namespace LockLLM.Gateway.Analytics;

/// <summary>What happened in a period.</summary>
/// <param name="Before">Of the period of the same length before.</param>
/// <param name="ScanMilliseconds">How long the judging took.</param>
/// <param name="ScanMillisecondsBefore">In the period of the same length before.</param>
internal sealed record Usage(
    UsageRange Range, IReadOnlyList<UsageCell> Cells, UsageTotals Before, IReadOnlyList<UsageShare> Keys, IReadOnlyList<UsageShare> Providers, Percentiles ScanMilliseconds,
    Percentiles ScanMillisecondsBefore)
{
    public UsageTotals Totals { get; } = new(
        Cells.Sum(static cell => cell.Requests), Cells.Sum(static cell => cell.Threats), Cells.Sum(static cell => cell.Blocked), Cells.Sum(static cell => cell.Errors));

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<UsageShare> Categories { get; } =
    [
        .. Cells.Where(static cell => cell.Category is not null).GroupBy(static cell => cell.Category!, StringComparer.Ordinal)
            .Select(static group => new UsageShare(group.Key, group.Sum(static cell => cell.Requests), group.Sum(static cell => cell.Threats)))
            .OrderByDescending(static share => share.Threats).ThenBy(static share => share.Name, StringComparer.Ordinal),
    ];

    /// <summary>One for each bucket of the range, also where nothing happened.</summary>
    public IReadOnlyList<UsageTotals> Series { get; } = Fold(Range, Cells);

    private static UsageTotals[] Fold(UsageRange range, IReadOnlyList<UsageCell> cells)
    {
        var series = new UsageTotals[range.Buckets];
        Array.Fill(series, new UsageTotals(0, 0, 0, 0));
        foreach (var cell in cells)
        {
            var at = series[cell.Bucket];
            series[cell.Bucket] = new UsageTotals(at.Requests + cell.Requests, at.Threats + cell.Threats, at.Blocked + cell.Blocked, at.Errors + cell.Errors);
        }

        return series;
    }
}

/// <summary>Threats are what was found; blocked are those that were refused; errors are failures of the gateway or the provider.</summary>
internal sealed record UsageTotals(long Requests, long Threats, long Blocked, long Errors);

internal sealed record UsageCell(long Bucket, string? Category, long Requests, long Threats, long Blocked, long Errors);

internal sealed record UsageShare(string Name, long Requests, long Threats);

/// <summary>Null where nothing was measured.</summary>
internal sealed record Percentiles(double? P50, double? P95, double? P99);
