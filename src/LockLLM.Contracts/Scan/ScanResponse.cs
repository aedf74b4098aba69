namespace LockLLM.Contracts.Scan;

/// <summary>Answer 200 of <c>POST /v1/scan</c>. What does not apply is absent from the JSON, never null.</summary>
public sealed record ScanResponse
{
    /// <summary>Equals the <c>X-Request-Id</c> header.</summary>
    public required string RequestId { get; init; }

    /// <summary>False when an attack was found at the sensitivity used.</summary>
    public required bool Safe { get; init; }

    /// <summary>1 exactly when <see cref="Safe"/> is false.</summary>
    public required int Label { get; init; }

    /// <summary>Certainty of the verdict, 0 to 100.</summary>
    public double? Confidence { get; init; }

    /// <summary>Risk, 0 to 100.</summary>
    public double? Injection { get; init; }

    /// <summary>Certainty of the policy verdict, 0 to 100; present where policies were asked.</summary>
    public double? PolicyConfidence { get; init; }

    /// <summary>The level used, one of <see cref="SensitivityLevels"/>.</summary>
    public required string Sensitivity { get; init; }

    /// <summary>What the call is counted as.</summary>
    public required ScanUsage Usage { get; init; }

    /// <summary>Timings, unless the operator switched them off.</summary>
    public ScanDebug? Debug { get; init; }

    /// <summary>Present when an attack was found and let through.</summary>
    public ScanWarning? ScanWarning { get; init; }

    /// <summary>The attacks, most severe first, at most 16.</summary>
    public IReadOnlyList<ScanThreat>? Threats { get; init; }

    /// <summary>How much of the text was looked at.</summary>
    public ScanCoverage? Coverage { get; init; }
}

/// <summary>What a scan is counted as.</summary>
/// <param name="Requests">Checks run: one per piece of the text, and one for policies.</param>
/// <param name="InputChars">Length in Unicode scalar values.</param>
public sealed record ScanUsage(int Requests, int InputChars);

/// <summary>Timings of a scan.</summary>
/// <param name="DurationMs">Whole handling, in milliseconds.</param>
/// <param name="InferenceMs">Detection alone, in milliseconds.</param>
/// <param name="Mode">One of <see cref="DebugModes"/>.</param>
public sealed record ScanDebug(int DurationMs, int InferenceMs, string Mode);

/// <summary>An attack that was let through; also the content of <c>X-LockLLM-Scan-Detail</c>.</summary>
public sealed record ScanWarning
{
    /// <summary>One sentence for a person; never an excerpt of the text.</summary>
    public required string Message { get; init; }

    /// <summary>Risk, 0 to 100.</summary>
    public required double InjectionScore { get; init; }

    /// <summary>Certainty, 0 to 100.</summary>
    public required double Confidence { get; init; }

    /// <summary>Always 1.</summary>
    public required int Label { get; init; }

    /// <summary>In the header only: the attacks.</summary>
    public IReadOnlyList<ScanThreat>? Threats { get; init; }

    /// <summary>In the header only: how much of the text was looked at.</summary>
    public ScanCoverage? Coverage { get; init; }

    /// <summary>In the header only: true when attacks were left out to keep it under 4 KiB.</summary>
    public bool? Truncated { get; init; }
}

/// <summary>One attack. Positions count Unicode scalar values of the submitted text; never an excerpt.</summary>
/// <param name="Category">One of <see cref="ThreatCategories"/>.</param>
/// <param name="Score">Risk, 0 to 100.</param>
/// <param name="Start">First position.</param>
/// <param name="End">Position after the last.</param>
/// <param name="Encoding">The disguises undone to see it, joined by <c>+</c>, such as <c>base64+unicode_tags</c>; absent for plain text.</param>
public sealed record ScanThreat(string Category, double Score, int Start, int End, string? Encoding)
{
    /// <summary>On the proxy: whose words the text is, such as <c>tool_result</c>; positions count from the beginning of that text.</summary>
    public string? Origin { get; init; }
}

/// <summary>How much of the text was looked at, in Unicode scalar values. The two are equal, or the request fails.</summary>
/// <param name="ScannedChars">Looked at.</param>
/// <param name="TotalChars">Submitted.</param>
public sealed record ScanCoverage(int ScannedChars, int TotalChars);

/// <summary>The verdict inside a refusal.</summary>
public sealed record ScanResult
{
    /// <summary>Always false.</summary>
    public required bool Safe { get; init; }

    /// <summary>Always 1.</summary>
    public required int Label { get; init; }

    /// <summary>Certainty, 0 to 100.</summary>
    public required double Confidence { get; init; }

    /// <summary>Risk, 0 to 100.</summary>
    public required double Injection { get; init; }

    /// <summary>The level used, one of <see cref="SensitivityLevels"/>.</summary>
    public required string Sensitivity { get; init; }

    /// <summary>The attacks, most severe first, at most 16.</summary>
    public IReadOnlyList<ScanThreat>? Threats { get; init; }

    /// <summary>How much of the text was looked at.</summary>
    public ScanCoverage? Coverage { get; init; }
}
