using System.Collections.Immutable;
using System.Globalization;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Scanning;

/// <summary>What a caller can ask for: in a header, in the body, or both.</summary>
internal sealed class Control
{
    public static readonly Control Mode = new(HeaderNames.ScanMode, "mode", [ScanModes.Normal, ScanModes.Combined], later: [ScanModes.PolicyOnly]);
    public static readonly Control ScanAction = new(HeaderNames.ScanAction, "scan_action", [ThreatActions.Block, ThreatActions.AllowWithWarning]);
    public static readonly Control Sensitivity = new(HeaderNames.Sensitivity, "sensitivity", [SensitivityLevels.Low, SensitivityLevels.Medium, SensitivityLevels.High]);
    public static readonly Control Context = new(null, "context", [TextContexts.User, TextContexts.Document, TextContexts.Tool]);
    public static readonly Control Chunk = new(HeaderNames.Chunk, "chunk", ["true", "false"]) { IsBoolean = true };
    public static readonly Control PolicyAction = new(HeaderNames.PolicyAction, "policy_action", [], later: [ThreatActions.Block, ThreatActions.AllowWithWarning]);
    public static readonly Control AbuseAction = new(HeaderNames.AbuseAction, "abuse_action", [], later: [ThreatActions.Block, ThreatActions.AllowWithWarning]);
    public static readonly Control PiiAction = new(HeaderNames.PiiAction, "pii_action", [], later: [PiiActions.Strip, PiiActions.Block, PiiActions.AllowWithWarning]);
    public static readonly Control RouteAction = new(HeaderNames.RouteAction, "route_action", [RouteActions.Disabled], later: [RouteActions.Auto, RouteActions.Custom]);
    public static readonly Control Compression = new(HeaderNames.Compression, "compression", [], later: [CompressionMethods.Toon, CompressionMethods.Compact, CompressionMethods.Combined]);
    public static readonly Control CompressionRate = new(HeaderNames.CompressionRate, "compression_rate", []) { Range = (0.3, 0.7) };

    private readonly string[] _served;
    private readonly string[] _later;

    private Control(string? header, string field, string[] served, string[]? later = null)
    {
        Header = header;
        Field = field;
        _served = served;
        _later = later ?? [];
    }

    public static ImmutableArray<Control> All { get; } =
        [Mode, ScanAction, Sensitivity, Context, Chunk, PolicyAction, AbuseAction, PiiAction, RouteAction, Compression, CompressionRate];

    public string? Header { get; }

    public string Field { get; }

    /// <summary>In the body it is true or false, not a string.</summary>
    public bool IsBoolean { get; private init; }

    /// <summary>Set where the value is a number.</summary>
    public (double Least, double Most)? Range { get; private init; }

    /// <summary>The words that have an effect in this version; none for a number.</summary>
    public IReadOnlyList<string> Served => _served;

    public bool IsKnown(string word) => Range is { } range
        ? double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= range.Least && number <= range.Most
        : _served.Contains(word) || _later.Contains(word);

    /// <summary>A value of the contract that this version refuses, since ignoring it would look like protection.</summary>
    public bool IsLater(string word) => _later.Contains(word);

    public string Choices => Range is { } range
        ? string.Create(CultureInfo.InvariantCulture, $"a decimal from {range.Least} to {range.Most}")
        : string.Join(", ", [.. _served, .. _later]);
}
