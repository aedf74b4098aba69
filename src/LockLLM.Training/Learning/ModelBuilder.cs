using LockLLM.Engine;
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
    /// <param name="rows">The corpus.</param>
    /// <param name="scores">Where the scores of texts by models that never saw their sources go; null for nowhere.</param>
    public InjectionModel Build(IReadOnlyList<CorpusRow> rows, string? scores, CancellationToken cancellationToken)
    {
        var language = LearnLanguage(rows, cancellationToken);
        var examples = Canonicalize(rows, language, cancellationToken);
        var learning = examples.Where(static example => !example.IsDev).ToList();
        var folds = new FamilyFolds(examples, FamilyFolds.DefaultCount);
        var detectors = LearnDetectors([learning, .. folds.LearningSets()], cancellationToken);

        progress.Begin("Kinds of attack");
        var categories = new CategoryLearner().Learn(learning, detectors[0].Heads[0], seed, cancellationToken);
        progress.End($"{CategoryModel.Classes} kinds");

        var foldScores = ScoreUnseen(folds, [.. detectors.Skip(1)], language, cancellationToken);
        if (scores is not null)
        {
            UnseenScores.Write(scores, examples, foldScores);
        }

        var calibrations = Calibrator.Calibrate(examples, foldScores);
        new UnseenSourcesReport(examples, foldScores, calibrations).Print(report);
        return detectors[0].ToModel(language, categories, calibrations);
    }

    /// <summary>What models think of texts whose families were kept from them.</summary>
    public FoldScore[] CrossValidate(IReadOnlyList<Example> examples, int count, CharacterModel language, CancellationToken cancellationToken)
    {
        var folds = new FamilyFolds(examples, count);
        return ScoreUnseen(folds, LearnDetectors([.. folds.LearningSets()], cancellationToken), language, cancellationToken);
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

    /// <summary>A detector from each set of texts. They share nothing, so each may have its thread and the result is the same.</summary>
    private LearnedDetector[] LearnDetectors(IReadOnlyList<IReadOnlyList<Example>> sets, CancellationToken cancellationToken)
    {
        progress.Begin(sets.Count == 1 ? "Detector" : $"{sets.Count} detectors");
        var shares = new double[sets.Count];
        var detectors = sets.AsParallel().AsOrdered().WithCancellation(cancellationToken)
            .WithExecutionMode(ParallelExecutionMode.ForceParallelism)
            .WithMergeOptions(ParallelMergeOptions.FullyBuffered)
            .Select((examples, number) => LearnedDetector.Learn(examples, seed, share =>
            {
                shares[number] = share;
                progress.Report(shares.Average());
            }, cancellationToken)).ToArray();
        progress.End($"{sets[0].Count} texts");
        return detectors;
    }

    private FoldScore[] ScoreUnseen(FamilyFolds folds, LearnedDetector[] detectors, CharacterModel language, CancellationToken cancellationToken)
    {
        progress.Begin("Texts whose sources were left out");
        var scores = folds.Score([.. detectors.Select(detector => detector.ToModel(language, CategoryModel.None, [default, default]))], progress.Report, cancellationToken);
        progress.End($"{scores.Length} scored");
        return scores;
    }
}
