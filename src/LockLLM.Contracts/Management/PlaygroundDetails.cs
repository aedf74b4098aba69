using LockLLM.Contracts.Scan;

namespace LockLLM.Contracts.Management;

/// <summary>Body of <c>POST /api/v1/playground</c>.</summary>
public sealed record PlaygroundRequest
{
    /// <summary>The text, at most 100,000 characters. It is judged and forgotten.</summary>
    public string? Input { get; init; }

    /// <summary>One of <see cref="TextContexts"/>; user unless given.</summary>
    public string? Context { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(PlaygroundRequest);
}

/// <summary>What every sensitivity makes of a text. Holds positions, no text.</summary>
public sealed record PlaygroundVerdict
{
    /// <summary>Equals the <c>X-Request-Id</c> header.</summary>
    public required string RequestId { get; init; }

    /// <summary>Risk, 0 to 100.</summary>
    public required double Injection { get; init; }

    /// <summary>The verdict of each sensitivity, from the least to the most careful.</summary>
    public required IReadOnlyList<PlaygroundLevel> Levels { get; init; }

    /// <summary>What any sensitivity counts as an attack, most severe first; each level counts those from its threshold on.</summary>
    public required IReadOnlyList<ScanThreat> Threats { get; init; }

    /// <summary>How much of the text was looked at.</summary>
    public required ScanCoverage Coverage { get; init; }

    /// <summary>Detection alone, in milliseconds.</summary>
    public required double InferenceMs { get; init; }
}

/// <summary>The verdict of one sensitivity.</summary>
/// <param name="Sensitivity">One of <see cref="SensitivityLevels"/>.</param>
/// <param name="Threshold">The lowest score that is an attack at it.</param>
/// <param name="Safe">False when the text is an attack at it.</param>
public sealed record PlaygroundLevel(string Sensitivity, double Threshold, bool Safe);
