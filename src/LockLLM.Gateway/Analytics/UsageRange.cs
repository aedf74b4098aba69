namespace LockLLM.Gateway.Analytics;

/// <summary>A period up to a moment, cut into buckets of one width.</summary>
internal sealed record UsageRange(string Name, DateTimeOffset From, DateTimeOffset To, TimeSpan BucketWidth)
{
    public const string Default = "24h";

    /// <summary>Names as they stand in addresses.</summary>
    public static readonly IReadOnlyList<string> Names = ["1h", Default, "7d", "30d"];

    public int Buckets => (int)((To - From).Ticks / BucketWidth.Ticks);

    /// <summary>Ends with the bucket that is running, so that its edges stay where they are from one look to the next.</summary>
    public static UsageRange Parse(string? name, DateTimeOffset now)
    {
        var (known, width, buckets) = name switch
        {
            "1h" => ("1h", TimeSpan.FromMinutes(1), 60),
            "7d" => ("7d", TimeSpan.FromHours(3), 56),
            "30d" => ("30d", TimeSpan.FromDays(1), 30),
            _ => (Default, TimeSpan.FromMinutes(30), 48),
        };
        var end = new DateTimeOffset((now.UtcTicks / width.Ticks * width.Ticks) + width.Ticks, TimeSpan.Zero);
        return new UsageRange(known, end - (width * buckets), end, width);
    }
}
