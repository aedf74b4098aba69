using System.Globalization;
using System.Text.Json;

namespace LockLLM.Client;

/// <summary>What a scan found. What was not asked for or does not apply is null or empty.</summary>
public sealed record ScanResult
{
    /// <summary>False when an attack or a violated policy was found. Misuse and personal data do not change it.</summary>
    public required bool IsSafe { get; init; }

    /// <summary>1 when unsafe, else 0.</summary>
    public int Label { get; init; }

    /// <summary>Certainty of the verdict on attacks, 0 to 100.</summary>
    public double? Confidence { get; init; }

    /// <summary>Risk of an attack, 0 to 100.</summary>
    public double? InjectionScore { get; init; }

    /// <summary>Certainty of the verdict on policies, 0 to 100.</summary>
    public double? PolicyConfidence { get; init; }

    /// <summary>The level used; null for one that this version does not know.</summary>
    public Sensitivity? Sensitivity { get; init; }

    /// <summary>The level used, as the gateway spells it.</summary>
    public string? SensitivityName { get; init; }

    /// <summary>Finds the call in the gateway's log.</summary>
    public required string RequestId { get; init; }

    /// <summary>What the call is counted as.</summary>
    public ScanUsage Usage { get; init; } = new(0, 0);

    /// <summary>Timings, where the gateway tells them.</summary>
    public ScanDebug? Debug { get; init; }

    /// <summary>The attacks, most severe first, at most 16.</summary>
    public IReadOnlyList<Threat> Threats { get; init; } = [];

    /// <summary>How much of the text was looked at.</summary>
    public ScanCoverage? Coverage { get; init; }

    /// <summary>An attack that was let through.</summary>
    public ScanWarning? ScanWarning { get; init; }

    /// <summary>Violated policies that were let through.</summary>
    public IReadOnlyList<PolicyWarning> PolicyWarnings { get; init; } = [];

    /// <summary>Misuse that was let through.</summary>
    public AbuseWarnings? AbuseWarnings { get; init; }

    /// <summary>Personal data, where it was looked for.</summary>
    public PiiResult? PiiResult { get; init; }

    /// <summary>The shortened text, where it was asked for.</summary>
    public CompressionResult? Compression { get; init; }

    /// <summary>The model the text would be routed to, where it was asked for.</summary>
    public RoutingResult? Routing { get; init; }

    /// <summary>The whole answer, for what this version does not know. Undefined where no gateway was asked.</summary>
    public JsonElement RawJson { get; init; }

    /// <summary>Leaves out what may hold parts of the text.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{nameof(ScanResult)} {{ IsSafe = {IsSafe}, InjectionScore = {InjectionScore}, RequestId = {RequestId} }}");
}

/// <summary>What a scan is counted as.</summary>
/// <param name="Requests">Checks run.</param>
/// <param name="InputChars">Length of the text in Unicode characters.</param>
public sealed record ScanUsage(int Requests, int InputChars);

/// <summary>Timings of a scan.</summary>
/// <param name="Duration">Whole handling by the gateway.</param>
/// <param name="Inference">Detection alone.</param>
/// <param name="Mode"><c>single</c> or <c>chunked</c>.</param>
public sealed record ScanDebug(TimeSpan Duration, TimeSpan Inference, string? Mode);

/// <summary>How much of a text was looked at, in Unicode characters.</summary>
/// <param name="ScannedChars">Looked at.</param>
/// <param name="TotalChars">Submitted.</param>
public sealed record ScanCoverage(int ScannedChars, int TotalChars);

/// <summary>One attack. Positions count Unicode characters (scalar values) of the submitted text.</summary>
/// <param name="Category">Such as <c>injection</c>; the names are in <see cref="Contracts.ThreatCategories"/>.</param>
/// <param name="Score">Risk, 0 to 100.</param>
/// <param name="Start">First position.</param>
/// <param name="End">Position after the last.</param>
/// <param name="Encoding">Disguises that were undone to see it, such as <c>base64</c>; null for plain text.</param>
public sealed record Threat(string Category, double Score, int Start, int End, string? Encoding);

/// <summary>An attack that was let through.</summary>
/// <param name="Message">One sentence; never an excerpt.</param>
/// <param name="InjectionScore">Risk, 0 to 100.</param>
/// <param name="Confidence">Certainty, 0 to 100.</param>
/// <param name="Label">1.</param>
public sealed record ScanWarning(string Message, double? InjectionScore, double? Confidence, int Label);

/// <summary>A violated policy.</summary>
/// <param name="PolicyName">The policy.</param>
/// <param name="ViolatedCategories">Its categories.</param>
/// <param name="ViolationDetails">What violates them.</param>
public sealed record PolicyWarning(string PolicyName, IReadOnlyList<ViolatedCategory> ViolatedCategories, string? ViolationDetails);

/// <summary>A category of a policy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it forbids.</param>
public sealed record ViolatedCategory(string Name, string? Description);

/// <summary>Automated misuse.</summary>
public sealed record AbuseWarnings
{
    /// <summary>Whether there is any.</summary>
    public bool Detected { get; init; }

    /// <summary>Certainty, 0 to 100.</summary>
    public double? Confidence { get; init; }

    /// <summary>Kinds, such as <c>repetition</c>.</summary>
    public IReadOnlyList<string> AbuseTypes { get; init; } = [];

    /// <summary>Scores from 0 to 100 by name, such as <c>bot_score</c>, those included that this version does not know.</summary>
    public IReadOnlyDictionary<string, double> Indicators { get; init; } = new Dictionary<string, double>();

    /// <summary>Score of texts made by a machine.</summary>
    public double? BotScore => Indicator("bot_score");

    /// <summary>Score of repeated texts.</summary>
    public double? RepetitionScore => Indicator("repetition_score");

    /// <summary>Score of texts that waste resources.</summary>
    public double? ResourceScore => Indicator("resource_score");

    /// <summary>Score of calls in a pattern.</summary>
    public double? PatternScore => Indicator("pattern_score");

    /// <summary>What to do about it.</summary>
    public string? Recommendation { get; init; }

    private double? Indicator(string name) => Indicators.TryGetValue(name, out var score) ? score : null;
}

/// <summary>Personal data in a text.</summary>
/// <param name="Detected">Whether there is any.</param>
/// <param name="EntityTypes">Kinds, such as <c>email</c>.</param>
/// <param name="EntityCount">How many pieces.</param>
/// <param name="RedactedInput">The text with placeholders in their stead, where that was asked for.</param>
public sealed record PiiResult(bool Detected, IReadOnlyList<string> EntityTypes, int EntityCount, string? RedactedInput)
{
    /// <summary>Leaves the text out.</summary>
    public override string ToString() => $"{nameof(PiiResult)} {{ Detected = {Detected}, EntityCount = {EntityCount} }}";
}

/// <summary>A shortened text.</summary>
/// <param name="Method">Such as <c>toon</c>.</param>
/// <param name="CompressedInput">The text.</param>
/// <param name="OriginalLength">Characters before.</param>
/// <param name="CompressedLength">Characters after.</param>
/// <param name="Ratio">After divided by before.</param>
public sealed record CompressionResult(string? Method, string CompressedInput, int OriginalLength, int CompressedLength, double? Ratio)
{
    /// <summary>Leaves the text out.</summary>
    public override string ToString() => $"{nameof(CompressionResult)} {{ Method = {Method}, OriginalLength = {OriginalLength}, CompressedLength = {CompressedLength} }}";
}

/// <summary>The model a text would be routed to.</summary>
/// <param name="Enabled">Whether routing ran.</param>
/// <param name="TaskType">One of <see cref="Contracts.TaskTypes"/>.</param>
/// <param name="Complexity">0 to 1.</param>
/// <param name="SelectedModel">The model.</param>
/// <param name="Reasoning">Why.</param>
/// <param name="EstimatedCost">US dollars.</param>
public sealed record RoutingResult(bool Enabled, string? TaskType, double? Complexity, string? SelectedModel, string? Reasoning, decimal? EstimatedCost);
