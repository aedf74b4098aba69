namespace LockLLM.Gateway.Analytics;

/// <summary>Durations in steps of 4 %, so that a percentile of a million scans is found among a few hundred counts, at most 2 % beside the measured one.</summary>
internal static class ScanTimes
{
    private const double Shortest = 0.01;

    // A day in milliseconds; longer ones are counted with it.
    private const double Longest = 86_400_000;

    private static readonly double s_step = Math.Log(1.04);

    public static int StepOf(double milliseconds) => (int)Math.Round(Math.Log(Math.Clamp(milliseconds, Shortest, Longest) / Shortest) / s_step);

    public static double MillisecondsOf(int step) => Shortest * Math.Exp(step * s_step);

    /// <summary>By nearest rank: the shortest duration that at least this share of the scans does not exceed.</summary>
    /// <param name="counts">Ascending by step.</param>
    public static double? Percentile(IReadOnlyList<(int Step, long Scans)> counts, double share)
    {
        var rank = (long)Math.Ceiling(counts.Sum(static count => count.Scans) * share);
        var passed = 0L;
        foreach (var (step, scans) in counts)
        {
            passed += scans;
            if (passed >= rank)
            {
                return MillisecondsOf(step);
            }
        }

        return null;
    }
}
