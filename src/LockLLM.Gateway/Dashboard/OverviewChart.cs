using System.Text.Json;
using System.Text.Json.Serialization;
using LockLLM.Gateway.Analytics;

namespace LockLLM.Gateway.Dashboard;

/// <summary>What the script draws, as the page carries it.</summary>
/// <param name="Start">In seconds since 1970.</param>
/// <param name="Step">In seconds.</param>
/// <param name="Filter">Of the list of events that a click leads to.</param>
internal sealed record OverviewChart(long Start, long Step, int Count, string Filter, IReadOnlyList<OverviewSeries> Series)
{
    private const int Colours = 6;

    /// <summary>Threats by category, one upon the other.</summary>
    public static OverviewChart Threats(Usage usage)
    {
        var series = usage.Categories.Select((category, i) =>
        {
            var values = new long[usage.Range.Buckets];
            foreach (var cell in usage.Cells.Where(cell => cell.Category == category.Name))
            {
                values[cell.Bucket] += cell.Threats;
            }

            return new OverviewSeries(EventWords.Category(category.Name), $"chart-{(i % Colours) + 1}", values);
        });
        return Of(usage, "safe=false", [.. series]);
    }

    /// <summary>All requests by what became of them, one upon the other.</summary>
    public static OverviewChart Traffic(Usage usage) => Of(
        usage,
        "",
        [
            new("failed", "warn", [.. usage.Series.Select(static step => step.Errors)]),
            new("blocked", "threat", [.. usage.Series.Select(static step => step.Blocked)]),
            new("answered", "bar", [.. usage.Series.Select(static step => Math.Max(0, step.Requests - step.Blocked - step.Errors))]),
        ]);

    public string ToJson() => JsonSerializer.Serialize(this, OverviewJson.Default.OverviewChart);

    private static OverviewChart Of(Usage usage, string filter, IReadOnlyList<OverviewSeries> series) =>
        new(usage.Range.From.ToUnixTimeSeconds(), (long)usage.Range.BucketWidth.TotalSeconds, usage.Range.Buckets, filter, series);
}

/// <param name="Colour">Token of the style sheet.</param>
internal sealed record OverviewSeries(string Name, string Colour, IReadOnlyList<long> Values);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OverviewChart))]
internal sealed partial class OverviewJson : JsonSerializerContext;
