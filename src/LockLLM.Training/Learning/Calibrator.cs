using LockLLM.Engine;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;
using LockLLM.Training.Evaluation;

namespace LockLLM.Training.Learning;

/// <summary>
/// Finds for each head the raw scores at which the three sensitivities stand, from scores of texts whose sources the
/// scoring model never saw. A threshold keeps every bound that is set for its sensitivity, so the strictest decides.
/// The first bound of a head is that of everyday prompts.
/// </summary>
internal static class Calibrator
{
    /// <summary>Thresholds that coincide, as on a tiny corpus, are kept apart so that scores stay defined.</summary>
    private const float MinStep = 0.1f;

    /// <summary>Texts, and the shares of them that may be flagged.</summary>
    /// <param name="High">Share at <see cref="Sensitivity.High"/>; 1 sets no bound.</param>
    /// <param name="Medium">Share at <see cref="Sensitivity.Medium"/>.</param>
    /// <param name="Low">Share at <see cref="Sensitivity.Low"/>.</param>
    private readonly record struct Bound(Predicate<Example> Texts, double High, double Medium, double Low);

    private static readonly Bound[] s_forUsers =
    [
        new(InnocentKinds.IsEveryday, 0.05, 0.01, 0.001),
        new(static example => InnocentKinds.IsHandWritten(example) && example.Trust == Trust.User, 1, 0.05, 1),
        new(InnocentKinds.IsTechnical, 1, 0.02, 1),
    ];

    private static readonly Bound[] s_forDocuments =
    [
        new(InnocentKinds.IsEveryday, 0.05, 0.01, 0.001),
        new(InnocentKinds.IsPage, 0.05, 0.01, 0.001),
        new(static example => InnocentKinds.IsHandWritten(example) && example.Trust == Trust.Document, 1, 0.05, 1),
        new(InnocentKinds.IsTechnical, 1, 0.02, 1),
    ];

    /// <summary>A calibration for each head, in the heads' order.</summary>
    public static Calibration[] Calibrate(IReadOnlyList<Example> examples, FoldScore[] scores) =>
        [Calibrate(Trust.User, s_forUsers, examples, scores), Calibrate(Trust.Document, s_forDocuments, examples, scores)];

    private static Calibration Calibrate(Trust trust, Bound[] bounds, IReadOnlyList<Example> examples, FoldScore[] scores)
    {
        // A corpus without the sources of everyday prompts: all its innocent texts stand for them.
        var bounded = bounds.Select(bound => (Bound: bound, Scores: Scores(bound.Texts))).ToList();
        if (bounded[0].Scores.Length == 0)
        {
            bounded[0] = (bounds[0], Scores(static example => !example.IsAttack));
        }

        var high = Strictest(static bound => bound.High);
        var medium = Math.Max(high + MinStep, Strictest(static bound => bound.Medium));
        var low = Math.Max(medium + MinStep, Strictest(static bound => bound.Low));
        return new Calibration(high, medium, low);

        double[] Scores(Predicate<Example> texts) =>
            [.. Enumerable.Range(0, scores.Length).Where(i => texts(examples[i])).Select(i => (double)scores[i].For(trust))];

        float Strictest(Func<Bound, double> share) =>
            bounded.Where(item => item.Scores.Length > 0 && share(item.Bound) < 1).Max(item => NotBelow(Curve.Threshold(item.Scores, share(item.Bound))));
    }

    private static float NotBelow(double threshold) => (float)threshold < threshold ? MathF.BitIncrement((float)threshold) : (float)threshold;
}
