namespace LockLLM.Contracts.Scan;

/// <summary>Body of <c>POST /v1/scan</c>. A control header wins over the field of the same meaning.</summary>
public sealed record ScanRequest
{
    /// <summary>The text to judge, up to 100,000 Unicode characters (scalar values); the empty text is safe. "text" and "inputs" (a string, or an array joined by line breaks) are accepted in its place.</summary>
    public required string Input { get; init; }

    /// <summary>How readily a score is called an attack: low, medium (default) or high.</summary>
    public string? Sensitivity { get; init; }

    /// <summary>Which checks run: normal or combined (default).</summary>
    public string? Mode { get; init; }

    /// <summary>What happens to an attack: block or allow_with_warning (default).</summary>
    public string? ScanAction { get; init; }

    /// <summary>Where the text came from: user (default), document or tool.</summary>
    public string? Context { get; init; }

    /// <summary>Accepted for compatibility: long text is scanned in pieces whatever it says.</summary>
    public bool? Chunk { get; init; }
}
