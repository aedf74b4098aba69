using LockLLM.Engine;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;
using LockLLM.Engine.Models;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Text;
using LockLLM.Training.Corpora;
using LockLLM.Training.Evaluation;

namespace LockLLM.Training.Learning;

/// <summary>Builds a model from rows: language first, then canonical text, then the two heads, kinds and calibration.</summary>
internal sealed class ModelBuilder(Progress progress, TextWriter report, int seed)
{
    /// <summary>
    /// Shares of innocent texts, from sources that the scoring model never saw, that may reach the three thresholds.
    /// They are about twice what the sensitivities promise for everyday prompts, since half of the false alarms come
    /// from odd kinds of text: system prompts, composed chats, enciphered rows.
    /// </summary>
    private static readonly (double High, double Medium, double Low) s_falsePositives = (0.05, 0.02, 0.002);

    private static readonly Trust[] s_heads = [Trust.User, Trust.Document];

    public InjectionModel Build(IReadOnlyList<CorpusRow> rows, CancellationToken cancellationToken)
    {
        var language = LearnLanguage(rows, cancellationToken);
        var examples = Canonicalize(rows, language, cancellationToken);
        var learning = examples.Where(static example => !example.IsDev).ToList();
        var learners = LearnHeads(learning, cancellationToken);

        progress.Begin("Kinds of attack");
        var categories = new CategoryLearner().Learn(learning, learners[0], seed, cancellationToken);
        progress.End($"{CategoryModel.Classes} kinds");

        var foldScores = new FamilyFolds(examples, FamilyFolds.DefaultCount).Score(examples, others => LearnHeads(others, cancellationToken));
        UnseenSourcesReport.Print(examples, foldScores, report);
        progress.Begin("Calibration");
        var heads = new ModelHead[InjectionModel.HeadCount];
        var weights = new short[FeatureSchema.Slots * InjectionModel.HeadCount];
        for (var head = 0; head < heads.Length; head++)
        {
            var (scale, values) = Quantizer.ToShorts(learners[head].Weights);
            heads[head] = new ModelHead { Scale = scale, Biases = learners[head].Biases, Calibration = Calibrate(s_heads[head], examples, foldScores) };
            for (var slot = 0; slot < values.Length; slot++)
            {
                weights[(slot * InjectionModel.HeadCount) + head] = values[slot];
            }
        }

        progress.End("on texts whose sources were left out");
        return new InjectionModel("lockllm-linear-1", language, heads, weights, categories);
    }

    public CharacterModel LearnLanguage(IReadOnlyList<CorpusRow> rows, CancellationToken cancellationToken)
    {
        progress.Begin("Language model");
        var learner = new CharacterModelLearner();
        MappedText raw = new(), clean = new(), folded = new();

        // Attacks come enciphered often enough to teach it that ciphers are language; innocent rows say when they are.
        foreach (var row in rows.Where(static row => !row.IsAttack && row.Made != "encoded"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            raw.Load(row.Text);
            TextCleaner.Clean(raw, clean);
            CharacterFolder.Fold(clean, folded);
            learner.Add(folded.Chars);
        }

        var model = learner.Learn();
        progress.End($"{CharacterModel.TableSize / 1024} KiB");
        return model;
    }

    public IReadOnlyList<Example> Canonicalize(IReadOnlyList<CorpusRow> rows, CharacterModel language, CancellationToken cancellationToken)
    {
        progress.Begin("Canonical text");
        var examples = TrainingCorpus.Prepare(rows, language, cancellationToken);
        progress.End($"{examples.Count} texts");
        return examples;
    }

    /// <summary>One learner for each head; they share nothing, so each may have its thread and the result is the same.</summary>
    public LinearLearner[] LearnHeads(IReadOnlyList<Example> examples, CancellationToken cancellationToken)
    {
        progress.Begin("Detector");
        var shares = new double[s_heads.Length];
        var learners = s_heads.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select((trust, head) =>
        {
            var learner = new LinearLearner(trust, new LearnerSettings { Seed = seed });
            learner.Learn(examples, share =>
            {
                shares[head] = share;
                progress.Report(shares.Average());
            }, cancellationToken);
            return learner;
        }).ToArray();
        progress.End($"{examples.Count} texts");
        return learners;
    }

    private static Calibration Calibrate(Trust trust, IReadOnlyList<Example> examples, FoldScore[] scores)
    {
        var benign = Enumerable.Range(0, scores.Length).Where(i => !examples[i].IsAttack && examples[i].WeightFor(trust) > 0).Select(i => (double)scores[i].For(trust)).ToArray();
        var high = (float)Curve.Threshold(benign, s_falsePositives.High);
        var medium = Math.Max(high + MinStep, (float)Curve.Threshold(benign, s_falsePositives.Medium));
        var low = Math.Max(medium + MinStep, (float)Curve.Threshold(benign, s_falsePositives.Low));
        return new Calibration(high, medium, low);
    }

    /// <summary>Thresholds that coincide, as on a tiny corpus, are kept apart so that scores stay defined.</summary>
    private const float MinStep = 0.1f;
}
