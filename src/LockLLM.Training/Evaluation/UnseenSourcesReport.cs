using LockLLM.Engine;
using LockLLM.Training.Corpora;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Evaluation;

/// <summary>
/// What the detector makes of sources that it never saw: each family of sources scored by a model trained without it,
/// against the innocent texts of all families scored the same way.
/// </summary>
internal static class UnseenSourcesReport
{
    /// <summary>Families with fewer attacks are shown and left out of the means.</summary>
    private const int MinAttacks = 100;

    public static void Print(IReadOnlyList<Example> examples, FoldScore[] scores, TextWriter output)
    {
        var scored = examples.Select((example, i) => (Example: example, Score: (double)scores[i].For(example.Trust))).ToList();
        foreach (var trust in new[] { Trust.User, Trust.Document })
        {
            var ofTrust = scored.Where(text => text.Example.Trust == trust).ToList();
            var benign = ofTrust.Where(static text => !text.Example.IsAttack).Select(static text => text.Score).ToList();
            var threshold = Curve.Threshold(benign, 0.01);
            output.WriteLine($"{trust}: {benign.Count} innocent texts, 1 % of them at a raw score of {threshold:F2} or above");
            var families = ofTrust.GroupBy(static text => text.Example.Family).Select(family => new
            {
                Name = family.Key,
                Attacks = family.Where(static text => text.Example.IsAttack).Select(static text => text.Score).ToList(),
                Benign = family.Where(static text => !text.Example.IsAttack).Select(static text => text.Score).ToList(),
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
    }
}
