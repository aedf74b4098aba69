using System.Text.Json.Serialization;
using LockLLM.Engine;

namespace LockLLM.Training.Evaluation;

/// <summary>Recall and false-positive rate at one sensitivity; absent where there is nothing to measure on.</summary>
internal sealed record RateFigures(double? Recall, double? Fpr);

/// <summary>The figures of a group of texts.</summary>
internal sealed record GroupFigures
{
    public required int Attacks { get; init; }

    public required int Benign { get; init; }

    public double? Auc { get; init; }

    [JsonPropertyName("recall_at_1pct_fpr")]
    public double? RecallAtOnePercent { get; init; }

    public required RateFigures Low { get; init; }

    public required RateFigures Medium { get; init; }

    public required RateFigures High { get; init; }

    public static GroupFigures Of(IEnumerable<ScoredText> texts)
    {
        List<double> attacks = [], benign = [];
        foreach (var text in texts)
        {
            (text.IsAttack ? attacks : benign).Add(text.Score);
        }

        return new GroupFigures
        {
            Attacks = attacks.Count,
            Benign = benign.Count,
            Auc = Curve.Auc(attacks, benign),
            RecallAtOnePercent = Curve.RecallAt(attacks, benign, 0.01),
            Low = At(Sensitivity.Low),
            Medium = At(Sensitivity.Medium),
            High = At(Sensitivity.High),
        };

        RateFigures At(Sensitivity sensitivity) =>
            new(Curve.Rate(attacks, Thresholds.Of(sensitivity)), Curve.Rate(benign, Thresholds.Of(sensitivity)));
    }
}

/// <summary>Scan time, in milliseconds.</summary>
internal sealed record LatencyFigures(
    [property: JsonPropertyName("p50_ms")] double P50,
    [property: JsonPropertyName("p99_ms")] double P99,
    [property: JsonPropertyName("per_1000_chars_ms")] double PerThousand)
{
    public static LatencyFigures Of(IReadOnlyCollection<ScoredText> texts)
    {
        var times = texts.Select(static text => text.Milliseconds).Order().ToArray();
        var characters = texts.Sum(static text => (double)text.Length);
        return new LatencyFigures(Quantile(0.5), Quantile(0.99), characters == 0 ? 0 : times.Sum() / characters * 1000);

        double Quantile(double share) => times.Length == 0 ? 0 : times[Math.Min(times.Length - 1, (int)(share * times.Length))];
    }
}

/// <summary>How well scores say what share of texts are attacks.</summary>
/// <param name="ExpectedError">Mean distance, over ten bins of score, between mean score and share of attacks; 0 to 1 (Naeini et al. 2015).</param>
internal sealed record CalibrationFigures(double ExpectedError, IReadOnlyList<CalibrationBin> Bins)
{
    private const int BinCount = 10;

    public static CalibrationFigures Of(IReadOnlyCollection<ScoredText> texts)
    {
        var bins = texts.GroupBy(static text => Math.Min(BinCount - 1, (int)(text.Score / (100.0 / BinCount)))).OrderBy(static bin => bin.Key)
            .Select(static bin => new CalibrationBin(
                bin.Key * 100 / BinCount,
                bin.Count(),
                bin.Average(static text => text.Score) / 100,
                bin.Count(static text => text.IsAttack) / (double)bin.Count()))
            .ToList();
        return new CalibrationFigures(bins.Sum(bin => bin.Texts * Math.Abs(bin.MeanScore - bin.AttackShare)) / Math.Max(1, texts.Count), bins);
    }
}

/// <summary>Texts whose scores lie in the ten points from <paramref name="From"/> on.</summary>
internal sealed record CalibrationBin(int From, int Texts, double MeanScore, double AttackShare);
