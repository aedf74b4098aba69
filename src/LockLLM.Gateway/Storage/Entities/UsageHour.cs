namespace LockLLM.Gateway.Storage.Entities;

/// <summary>How many requests of one kind an account made in an hour. What has no key, provider or category has an empty word.</summary>
internal sealed class UsageHour
{
    public required string AccountId { get; init; }

    /// <summary>Its beginning.</summary>
    public required DateTimeOffset Hour { get; init; }

    public required string ApiKeyId { get; init; }

    public required string Provider { get; init; }

    /// <summary>Of what was found.</summary>
    public required string Category { get; init; }

    public required long Requests { get; init; }

    public required long Threats { get; init; }

    public required long Blocked { get; init; }

    public required long Errors { get; init; }
}

/// <summary>How many of an account's scans took about so long in an hour.</summary>
internal sealed class UsageScanTime
{
    public required string AccountId { get; init; }

    /// <summary>Its beginning.</summary>
    public required DateTimeOffset Hour { get; init; }

    /// <summary>Number of a duration; see <c>Analytics/ScanTimes</c>.</summary>
    public required int Step { get; init; }

    public required long Scans { get; init; }
}
