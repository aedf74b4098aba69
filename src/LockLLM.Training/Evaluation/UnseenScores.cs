using System.Globalization;
using LockLLM.Training.Corpora;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Evaluation;

/// <summary>
/// A table of what texts score under models that never saw their sources, for looking closer than a report does. It names
/// each text by its number in the corpus; no text is in it.
/// </summary>
internal static class UnseenScores
{
    private const string Header = "number\tfamily\tattack\tcategory\tmade\tlanguage\ttrust\tlength\tuser\tdocument";

    /// <param name="file">Tab-separated values, a line for each text; replaced if it exists.</param>
    public static void Write(string file, IReadOnlyList<Example> examples, FoldScore[] scores)
    {
        using var writer = new StreamWriter(file);
        writer.WriteLine(Header);
        for (var i = 0; i < scores.Length; i++)
        {
            var example = examples[i];
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{i}\t{example.Family}\t{(example.IsAttack ? 1 : 0)}\t{example.Category}\t{example.Made}\t{example.Language}\t{example.Trust}\t{example.Length}\t{scores[i].User:R}\t{scores[i].Document:R}"));
        }
    }
}
