using LockLLM.Contracts.Scan;
using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

internal static class Threats
{
    /// <summary>The findings that count at a sensitivity, most severe first, positions in Unicode scalar values.</summary>
    public static IReadOnlyList<ScanThreat> Of(IReadOnlyList<Finding> all, Sensitivity sensitivity, ReadOnlySpan<char> text, string? origin = null)
    {
        var findings = all.Where(finding => finding.Score >= Thresholds.Of(sensitivity)).ToArray();
        var positions = new int[findings.Length * 2];
        for (var i = 0; i < findings.Length; i++)
        {
            positions[2 * i] = findings[i].Span.Start;
            positions[2 * i + 1] = findings[i].Span.End;
        }

        ScalarOffsets.Convert(text, positions);
        return [.. findings.Select((finding, i) => new ScanThreat(
            WireWords.Of(finding.Category), Score.Rounded(finding.Score), positions[2 * i], positions[2 * i + 1], WireWords.Of(finding.Layers))
        {
            Origin = origin,
        })];
    }
}
