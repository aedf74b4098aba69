using System.Globalization;

namespace LockLLM.Training.Evaluation;

/// <summary>Draws how well attacks are told from innocent texts.</summary>
internal static class Pictures
{
    /// <summary>Categories with fewer attacks get no line of their own.</summary>
    private const int MinAttacks = 20;

    /// <summary>The smallest rate of false positives that is drawn.</summary>
    private const double SmallestRate = 0.0001;

    private const int Steps = 120;

    private static readonly SvgAxis s_recall = new("attacks found", 0, 1, false, [0, 0.2, 0.4, 0.6, 0.8, 1], Percent);
    private static readonly SvgAxis s_falsePositives = new("innocent texts flagged", SmallestRate, 1, true, [0.0001, 0.001, 0.01, 0.1, 1], Percent);

    /// <summary>The share of attacks found for each share of innocent texts flagged: one line for all, one for each category.</summary>
    public static string Roc(IReadOnlyCollection<ScoredText> texts)
    {
        var plot = new SvgPlot("Attacks found at each rate of false alarms", s_falsePositives, s_recall);
        var benign = texts.Where(static text => !text.IsAttack).Select(static text => text.Score).Order().ToArray();
        var attacks = texts.Where(static text => text.IsAttack).ToList();
        if (benign.Length == 0 || attacks.Count == 0)
        {
            return plot.ToSvg();
        }

        plot.Add("all", Line(attacks, benign));
        foreach (var category in attacks.GroupBy(static text => text.Category, StringComparer.Ordinal).Where(static group => group.Count() >= MinAttacks)
            .OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            plot.Add(category.Key, Line(category, benign));
        }

        return plot.ToSvg();
    }

    /// <summary>The share of attacks among texts with about the same score.</summary>
    public static string Calibration(CalibrationFigures figures)
    {
        var plot = new SvgPlot(
            "Share of attacks among texts of a score",
            new SvgAxis("score", 0, 100, false, [0, 20, 40, 60, 80, 100], static score => score.ToString("F0", CultureInfo.InvariantCulture)), s_recall with { Name = "attacks" });
        plot.Add("the score itself", [(0, 0), (100, 1)], dashed: true);
        plot.Add("measured", [.. figures.Bins.Select(static bin => (bin.MeanScore * 100, bin.AttackShare))]);
        return plot.ToSvg();
    }

    private static List<(double X, double Y)> Line(IEnumerable<ScoredText> attacks, double[] sortedBenign)
    {
        var scores = attacks.Select(static text => text.Score).ToArray();
        var points = new List<(double X, double Y)>();
        for (var step = 0; step <= Steps; step++)
        {
            var rate = SmallestRate * Math.Pow(1 / SmallestRate, step / (double)Steps);
            var allowed = (int)(rate * sortedBenign.Length);
            var threshold = allowed >= sortedBenign.Length ? double.NegativeInfinity : Math.BitIncrement(sortedBenign[^(allowed + 1)]);
            points.Add((rate, Curve.Rate(scores, threshold)!.Value));
        }

        return points;
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";
}
