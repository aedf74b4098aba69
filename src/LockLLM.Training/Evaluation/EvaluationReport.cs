using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Training.Evaluation;

/// <summary>Everything <c>evaluate</c> has to say, as tables for a person and as JSON for a script.</summary>
internal sealed record EvaluationReport
{
    private static readonly (string Name, int Limit)[] s_lengths =
        [("under 50", 50), ("50-199", 200), ("200-999", 1000), ("1000-4999", 5000), ("5000 and more", int.MaxValue)];

    public required string Model { get; init; }

    public required IReadOnlyDictionary<string, GroupFigures> Sets { get; init; }

    public required GroupFigures Overall { get; init; }

    public required LatencyFigures Latency { get; init; }

    /// <summary>Attacks of each category against all innocent texts; innocent categories by themselves.</summary>
    public required IReadOnlyDictionary<string, GroupFigures> Categories { get; init; }

    public required IReadOnlyDictionary<string, GroupFigures> Lengths { get; init; }

    public required IReadOnlyDictionary<string, GroupFigures> Languages { get; init; }

    public required CalibrationFigures Calibration { get; init; }

    /// <summary>What each disguise costs, where that was asked for.</summary>
    public IReadOnlyList<DisguiseFigures>? Disguises { get; init; }

    public static EvaluationReport Of(IReadOnlyCollection<ScoredText> texts, string model) => new()
    {
        Model = model,
        Sets = GroupBy(texts, static text => text.Set),
        Overall = GroupFigures.Of(texts),
        Latency = LatencyFigures.Of(texts),
        Categories = texts.Select(static text => text.Category).Distinct().Order(StringComparer.Ordinal).ToDictionary(
            static category => category,
            category => GroupFigures.Of(texts.Where(text => text.Category == category || (!text.IsAttack && HasAttacks(texts, category)))),
            StringComparer.Ordinal),
        Lengths = GroupBy(texts, static text => s_lengths.First(bucket => text.Length < bucket.Limit).Name),
        Languages = GroupBy(texts, static text => text.Language),
        Calibration = CalibrationFigures.Of(texts),
    };

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.EvaluationReport);

    public void Print(TextWriter output)
    {
        output.WriteLine($"Model {Model}");
        output.WriteLine();
        output.WriteLine($"{"",-34}{"attacks",9}{"innocent",9}{"AUC",8}{"recall at",11}{"low",16}{"medium",16}{"high",16}");
        output.WriteLine($"{"",-34}{"",9}{"",9}{"",8}{"1 % FPR",11}{"recall    FPR",16}{"recall    FPR",16}{"recall    FPR",16}");
        PrintRow(output, "overall", Overall);
        Print(output, "Sets", Sets);
        Print(output, "Categories (attacks against all innocent texts)", Categories);
        Print(output, "Length in characters", Lengths);
        Print(output, "Languages", Languages);

        output.WriteLine();
        output.WriteLine($"Calibration: expected error {Percent(Calibration.ExpectedError)}");
        foreach (var bin in Calibration.Bins)
        {
            output.WriteLine(Invariant($"  score {bin.From,2} to {bin.From + 10,3}: {bin.Texts,7} texts, mean score {bin.MeanScore * 100,5:F1}, attacks {Percent(bin.AttackShare)}"));
        }

        output.WriteLine();
        output.WriteLine(Invariant($"Scan time: p50 {Latency.P50:F3} ms, p99 {Latency.P99:F3} ms, {Latency.PerThousand:F3} ms per 1,000 characters"));
    }

    private static Dictionary<string, GroupFigures> GroupBy(IEnumerable<ScoredText> texts, Func<ScoredText, string> key) =>
        texts.GroupBy(key, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => GroupFigures.Of(group), StringComparer.Ordinal);

    private static bool HasAttacks(IEnumerable<ScoredText> texts, string category) => texts.Any(text => text.IsAttack && text.Category == category);

    private static void Print(TextWriter output, string title, IReadOnlyDictionary<string, GroupFigures> groups)
    {
        output.WriteLine();
        output.WriteLine(title);
        foreach (var (name, figures) in groups)
        {
            PrintRow(output, $"  {name}", figures);
        }
    }

    private static void PrintRow(TextWriter output, string name, GroupFigures figures) => output.WriteLine(Invariant(
        $"{name,-34}{figures.Attacks,9}{figures.Benign,9}{figures.Auc?.ToString("F4", CultureInfo.InvariantCulture) ?? "-",8}{Percent(figures.RecallAtOnePercent),11}{Rates(figures.Low)}{Rates(figures.Medium)}{Rates(figures.High)}"));

    private static string Rates(RateFigures rates) => $"{Percent(rates.Recall),9}{Percent(rates.Fpr),7}";

    private static string Percent(double? share) => share is { } value ? (value * 100).ToString("F1", CultureInfo.InvariantCulture) + "%" : "-";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(EvaluationReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
