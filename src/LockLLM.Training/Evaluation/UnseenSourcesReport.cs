using LockLLM.Engine;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Evaluation;

/// <summary>
/// What the detector makes of sources that it never saw: each family of sources scored by a model trained without it,
/// against the innocent texts of all families scored the same way.
/// </summary>
/// <param name="calibrations">For each head what turns raw scores into those that are shipped.</param>
internal sealed class UnseenSourcesReport(IReadOnlyList<Example> examples, FoldScore[] scores, Calibration[] calibrations)
{
    /// <summary>Families with fewer attacks are shown and left out of the means.</summary>
    private const int MinAttacks = 100;

    /// <summary>Languages with fewer rows, or fewer attacks, are not shown.</summary>
    private const int MinRows = 200;
    private const int MinAttacksOfLanguage = 20;

    /// <summary>The length of a document, in characters, that may hide an order.</summary>
    private const int ShortestPage = 2000;
    private const int LongestPage = 20000;

    private readonly IReadOnlyList<UnseenText> _texts =
    [
        .. examples.Select((example, i) => new UnseenText(example, scores[i].For(example.Trust), calibrations[InjectionModel.HeadFor(example.Trust)].ToScore(scores[i].For(example.Trust)))),
    ];

    public void Print(TextWriter output)
    {
        PrintFamilies(output, Trust.User);
        PrintFamilies(output, Trust.Document);
        PrintPages(output);
        PrintFalsePositives(output);
        PrintLanguages(output);
        var calibration = CalibrationFigures.Of([.. _texts.Select(static text => text.ToScored())]);
        output.WriteLine($"Expected calibration error {calibration.ExpectedError:P1}");
    }

    private void PrintFamilies(TextWriter output, Trust trust)
    {
        var ofTrust = _texts.Where(text => text.Example.Trust == trust).ToList();
        var benign = Raw(ofTrust.Where(static text => !text.Example.IsAttack));
        var threshold = Curve.Threshold(benign, 0.01);
        output.WriteLine($"{trust}: {benign.Count} innocent texts, 1 % of them at a raw score of {threshold:F2} or above");
        var families = ofTrust.GroupBy(static text => text.Example.Family, StringComparer.Ordinal).Select(static family => new
        {
            Name = family.Key,
            Attacks = Raw(family.Where(static text => text.Example.IsAttack)),
            Benign = Raw(family.Where(static text => !text.Example.IsAttack)),
        }).ToList();
        foreach (var family in families.OrderByDescending(static family => family.Attacks.Count))
        {
            output.WriteLine(
                $"  {family.Name,-52} attacks {family.Attacks.Count,6} auc {Curve.Auc(family.Attacks, benign),6:F3} recall {Curve.Rate(family.Attacks, threshold),7:P1}"
                + $"   innocent {family.Benign.Count,6} false positives {Curve.Rate(family.Benign, threshold),6:P1}");
        }

        var measured = families.Where(static family => family.Attacks.Count >= MinAttacks).ToList();
        output.WriteLine(
            $"  mean over {measured.Count} families with at least {MinAttacks} attacks: auc {measured.Average(family => Curve.Auc(family.Attacks, benign)):F4},"
            + $" recall at 1 % false positives {measured.Average(family => Curve.Rate(family.Attacks, threshold)):P1}");
    }

    /// <summary>One attack planted in a page, against pages into which nothing was planted.</summary>
    private void PrintPages(TextWriter output)
    {
        var pages = examples.Select((example, i) => (Example: example, Score: (double)scores[i].Document))
            .Where(static page => page.Example.Length is >= ShortestPage and <= LongestPage && page.Example.Made is "indirect" or "indirect-clean").ToList();
        var attacks = pages.Where(static page => page.Example.IsAttack).Select(static page => page.Score).ToList();
        var benign = pages.Where(static page => !page.Example.IsAttack).Select(static page => page.Score).ToList();
        output.WriteLine(
            $"Pages of {ShortestPage} to {LongestPage} characters: {attacks.Count} with an attack planted, {benign.Count} without:"
            + $" auc {Curve.Auc(attacks, benign):F4}, recall at 1 % false positives {Curve.RecallAt(attacks, benign, 0.01):P1}");
        var calibration = calibrations[InjectionModel.HeadFor(Trust.Document)];
        foreach (var sensitivity in new[] { Sensitivity.Low, Sensitivity.Medium, Sensitivity.High })
        {
            var threshold = Thresholds.Of(sensitivity);
            output.WriteLine($"  at {sensitivity}: found {Curve.Rate([.. attacks.Select(ToScore)], threshold):P1}, flagged without {Curve.Rate([.. benign.Select(ToScore)], threshold):P2}");
        }

        double ToScore(double raw) => calibration.ToScore((float)raw);
    }

    private void PrintFalsePositives(TextWriter output)
    {
        Print("everyday prompts", InnocentKinds.IsEveryday);
        Print("hand-written, full of an attack's words", InnocentKinds.IsHandWritten);
        Print("code, mails, manuals, tables, API answers", InnocentKinds.IsTechnical);

        void Print(string name, Predicate<Example> kind)
        {
            var shown = Scores(_texts.Where(text => kind(text.Example)));
            output.WriteLine(
                $"Innocent: {name,-42} {shown.Count,7} texts, flagged at low {Curve.Rate(shown, Thresholds.Low):P2}, medium {Curve.Rate(shown, Thresholds.Medium):P2}, high {Curve.Rate(shown, Thresholds.High):P2}");
        }
    }

    private void PrintLanguages(TextWriter output)
    {
        foreach (var language in _texts.GroupBy(static text => text.Example.Language, StringComparer.Ordinal).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            // By what users see: the raw scores of the two heads are of different measure.
            var attacks = Scores(language.Where(static text => text.Example.IsAttack));
            var benign = Scores(language.Where(static text => !text.Example.IsAttack));
            if (attacks.Count + benign.Count >= MinRows && attacks.Count >= MinAttacksOfLanguage && benign.Count > 0)
            {
                output.WriteLine($"Language {language.Key,-4} attacks {attacks.Count,6}, innocent {benign.Count,7}: auc {Curve.Auc(attacks, benign):F4}, recall at 1 % false positives {Curve.RecallAt(attacks, benign, 0.01):P1}");
            }
        }
    }

    private static List<double> Scores(IEnumerable<UnseenText> texts) => [.. texts.Select(static text => text.Score)];

    private static List<double> Raw(IEnumerable<UnseenText> texts) => [.. texts.Select(static text => (double)text.Raw)];

    /// <param name="Raw">Log odds.</param>
    /// <param name="Score">0 to 100.</param>
    private readonly record struct UnseenText(Example Example, float Raw, double Score)
    {
        public ScoredText ToScored() => new("", Example.Category, Example.Language, Example.IsAttack, Example.Length, Score, 0);
    }
}
