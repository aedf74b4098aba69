namespace LockLLM.Training.Evaluation;

/// <summary>Figures of a ranking: how well scores part attacks from innocent texts.</summary>
internal static class Curve
{
    /// <summary>Area under the ROC curve: the chance that an attack scores above an innocent text, ties counting half. Null without both.</summary>
    public static double? Auc(IReadOnlyCollection<double> attacks, IReadOnlyCollection<double> benign)
    {
        if (attacks.Count == 0 || benign.Count == 0)
        {
            return null;
        }

        var all = attacks.Select(score => (Score: score, IsAttack: true)).Concat(benign.Select(score => (Score: score, IsAttack: false))).ToArray();
        Array.Sort(all, static (a, b) => a.Score.CompareTo(b.Score));
        double rankSum = 0;
        for (var i = 0; i < all.Length;)
        {
            var end = i;
            var attacksHere = 0;
            while (end < all.Length && all[end].Score.Equals(all[i].Score))
            {
                attacksHere += all[end].IsAttack ? 1 : 0;
                end++;
            }

            // Tied scores share the mean of their ranks (Mann-Whitney U).
            rankSum += attacksHere * ((i + 1 + end) / 2.0);
            i = end;
        }

        return (rankSum - (attacks.Count * (attacks.Count + 1.0) / 2)) / ((double)attacks.Count * benign.Count);
    }

    /// <summary>The lowest threshold at which at most the given share of innocent texts counts as attacks.</summary>
    public static double Threshold(IReadOnlyCollection<double> benign, double falsePositiveRate)
    {
        var sorted = benign.Order().ToArray();
        var allowed = (int)Math.Floor(falsePositiveRate * sorted.Length);
        return sorted.Length == 0 ? 0 : Math.BitIncrement(sorted[Math.Max(0, sorted.Length - 1 - allowed)]);
    }

    /// <summary>Share of scores at or above a threshold. Null for no scores.</summary>
    public static double? Rate(IReadOnlyCollection<double> scores, double threshold) =>
        scores.Count == 0 ? null : scores.Count(score => score >= threshold) / (double)scores.Count;

    /// <summary>Share of attacks found when at most the given share of innocent texts is taken for attacks.</summary>
    public static double? RecallAt(IReadOnlyCollection<double> attacks, IReadOnlyCollection<double> benign, double falsePositiveRate) =>
        benign.Count == 0 ? null : Rate(attacks, Threshold(benign, falsePositiveRate));
}
