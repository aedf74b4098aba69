namespace LockLLM.Engine;

/// <summary>What a scan found. Immutable; holds no text.</summary>
public sealed class Verdict
{
    internal Verdict(double score, IReadOnlyList<Finding> findings, int length)
    {
        Score = score;
        Findings = findings;
        ScannedLength = length;
    }

    /// <summary>Risk of the whole text, 0 to 100: that of its worst part.</summary>
    public double Score { get; }

    /// <summary>Attacks found, most severe first, at most 16. Those under the score of <see cref="Sensitivity.High"/> are left out.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Number of UTF-16 positions looked at; always the whole length of the text.</summary>
    public int ScannedLength { get; }

    /// <summary>Whether the score counts as an attack at a sensitivity.</summary>
    public bool IsAttack(Sensitivity sensitivity) => Score >= Thresholds.Of(sensitivity);
}
