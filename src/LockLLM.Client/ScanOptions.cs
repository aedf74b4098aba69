namespace LockLLM.Client;

/// <summary>What a scan looks for and what it does about it. What is left null is the gateway's or the account's choice.</summary>
/// <remarks>Keep one as a preset and derive from it: <c>preset with { Sensitivity = Sensitivity.High }</c>.</remarks>
public sealed record ScanOptions
{
    /// <summary>How readily a score is called an attack.</summary>
    public Sensitivity Sensitivity { get; set; } = Sensitivity.Medium;

    /// <summary>Which checks run.</summary>
    public ScanMode? Mode { get; set; }

    /// <summary>Where the text came from.</summary>
    public TextContext? Context { get; set; }

    /// <summary>Whether long text is scanned in pieces.</summary>
    public bool? Chunk { get; set; }

    /// <summary>What happens to an attack. A gateway warns by default.</summary>
    public ScanAction? ScanAction { get; set; }

    /// <summary>What happens to a violated policy. A gateway warns by default.</summary>
    public ScanAction? PolicyAction { get; set; }

    /// <summary>What happens to automated misuse; null does not look for it.</summary>
    public ScanAction? AbuseAction { get; set; }

    /// <summary>What happens to personal data; null does not look for it.</summary>
    public PiiAction? PiiAction { get; set; }

    /// <summary>How the text is shortened; null leaves it alone.</summary>
    public CompressionMethod? Compression { get; set; }

    /// <summary>Share of the text to keep, 0.3 to 0.7; lower is harsher.</summary>
    public double? CompressionRate { get; set; }

    /// <summary>Whether the result tells which model the text would be routed to.</summary>
    public RouteAction? RouteAction { get; set; }
}
