using LockLLM.Engine;
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
    private readonly Dictionary<string, int> _foldOf;

    public FamilyFolds(IReadOnlyList<Example> examples, int count)
    {
        _count = count;
        _foldOf = Assign(examples, count);
    }

    /// <summary>For each text the raw scores of both heads, from the fold that left its family out.</summary>
    /// <param name="learn">Trains the two heads on the texts of the other folds.</param>
    public FoldScore[] Score(IReadOnlyList<Example> examples, Func<IReadOnlyList<Example>, LinearLearner[]> learn)
    {
        var scores = new FoldScore[examples.Count];
        for (var fold = 0; fold < _count; fold++)
        {
            var learners = learn([.. examples.Where(example => !example.IsDev && _foldOf[example.Family] != fold)]);
            for (var i = 0; i < examples.Count; i++)
            {
                if (_foldOf[examples[i].Family] == fold)
                {
                    scores[i] = new FoldScore(learners[0].Score(examples[i].Canonical), learners[1].Score(examples[i].Canonical));
                }
            }
        }

        return scores;
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
