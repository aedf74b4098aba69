using System.Globalization;

namespace LockLLM.Gateway.Analytics;

/// <summary>A period up to a moment, cut into buckets of one width.</summary>
/// <param name="Name">As it stands in addresses; null for one given by its ends.</param>
internal sealed record UsageRange(string? Name, DateTimeOffset From, DateTimeOffset To, TimeSpan BucketWidth)
{
    public const string Default = "24h";

    /// <summary>Names as they stand in addresses.</summary>
    public static readonly IReadOnlyList<string> Names = ["1h", Default, "7d", "30d"];

    private const int MaxBuckets = 62;

    // As long as records are kept at most.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(366);

    private static readonly TimeSpan[] s_widths =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(3),
        TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(7),
    ];

    public int Buckets => (int)((To - From).Ticks / BucketWidth.Ticks);

    /// <summary>The period of the same length before.</summary>
    public UsageRange Before => this with { Name = null, From = From - (To - From), To = From };

    /// <summary>Ends with the bucket that is running, so that its edges stay where they are from one look to the next.</summary>
    public static UsageRange Parse(string? name, DateTimeOffset now)
    {
        var (known, width, buckets) = name switch
        {
            "1h" => ("1h", TimeSpan.FromMinutes(1), 60),
            "7d" => ("7d", TimeSpan.FromHours(3), 56),
            "30d" => ("30d", TimeSpan.FromDays(1), 30),
            _ => (Default, TimeSpan.FromHours(1), 24),
        };
        var end = Floor(now, width) + width;
        return new UsageRange(known, end - (width * buckets), end, width);
    }

    /// <summary>From one moment to another, widened to whole buckets; null where that is no period.</summary>
    public static UsageRange? Between(string? from, string? to)
    {
        if (Moment(from) is not { } start || Moment(to) is not { } end || start >= end || end - start > s_longest)
        {
            return null;
        }

        var width = Array.Find(s_widths, width => (Ceiling(end, width) - Floor(start, width)).Ticks / width.Ticks <= MaxBuckets);
        return new UsageRange(null, Floor(start, width), Ceiling(end, width), width);
    }

    private static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at.Year is > 2000 and < 9000 ? at : null;

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan width) => new(at.UtcTicks / width.Ticks * width.Ticks, TimeSpan.Zero);

    private static DateTimeOffset Ceiling(DateTimeOffset at, TimeSpan width) => Floor(at + width - TimeSpan.FromTicks(1), width);
}
