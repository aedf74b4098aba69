using LockLLM.Engine;
using LockLLM.Engine.Detection;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Learning;

/// <summary>
/// Scores that texts get from models which never saw their family of sources: what the detector will make of a world
/// that it was not trained on.
/// </summary>
internal sealed class FamilyFolds
{
    /// <summary>Models trained, each without one share of the families.</summary>
    public const int DefaultCount = 5;

    private readonly int _count;
    private readonly IReadOnlyList<Example> _examples;
    private readonly Dictionary<string, int> _foldOf;

    public FamilyFolds(IReadOnlyList<Example> examples, int count)
    {
        _count = count;
        _examples = examples;
        _foldOf = Assign(examples, count);
    }

    /// <summary>For each fold the texts to learn from: those of the other folds.</summary>
    public IEnumerable<IReadOnlyList<Example>> LearningSets() => Enumerable.Range(0, _count)
        .Select(fold => (IReadOnlyList<Example>)[.. _examples.Where(example => !example.IsDev && _foldOf[example.Family] != fold)]);

    /// <summary>For each text the raw scores of both heads, from the model of the fold that its family was kept from.</summary>
    /// <param name="progress">Told the share of the work done, 0 to 1, now and then.</param>
    public FoldScore[] Score(InjectionModel[] models, Action<double> progress, CancellationToken cancellationToken)
    {
        using var judges = new ThreadLocal<WindowJudge[]>(() => [.. models.Select(static model => new WindowJudge(model))]);
        var done = 0;
        return _examples.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(example =>
        {
            if (Interlocked.Increment(ref done) is var count && count % 1024 == 0)
            {
                progress(count / (double)_examples.Count);
            }

            var judge = judges.Value![_foldOf[example.Family]];
            return new FoldScore(judge.Judge(example.Canonical, 0), judge.Judge(example.Canonical, 1));
        }).ToArray();
    }

    /// <summary>Deals the families out, largest first, each to the fold that has the fewest texts.</summary>
    private static Dictionary<string, int> Assign(IReadOnlyList<Example> examples, int count)
    {
        var sizes = new int[count];
        var foldOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var families = examples.GroupBy(static example => example.Family, StringComparer.Ordinal)
            .OrderByDescending(static family => family.Count())
            .ThenBy(static family => family.Key, StringComparer.Ordinal);
        foreach (var family in families)
        {
            var fold = Array.IndexOf(sizes, sizes.Min());
            foldOf[family.Key] = fold;
            sizes[fold] += family.Count();
        }

        return foldOf;
    }
}

/// <summary>Raw scores of one text, log odds, from the head for users' text and from that for documents and tool results.</summary>
internal readonly record struct FoldScore(float User, float Document)
{
    public float For(Trust trust) => trust == Trust.User ? User : Document;
}
