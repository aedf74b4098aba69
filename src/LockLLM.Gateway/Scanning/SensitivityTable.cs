using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

/// <summary>From which score each sensitivity calls a text an attack, for those who show it.</summary>
internal static class SensitivityTable
{
    public static readonly IReadOnlyList<(string Name, double Threshold)> Levels =
        [.. new[] { Sensitivity.Low, Sensitivity.Medium, Sensitivity.High }.Select(static level => (WireWords.Of(level), Thresholds.Of(level)))];
}
