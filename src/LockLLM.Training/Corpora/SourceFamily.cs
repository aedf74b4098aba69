namespace LockLLM.Training.Corpora;

/// <summary>
/// Families of sources: a source, its mirrors and what was made from it. Leaving a family out of training is the
/// honest test, since rows of one family resemble each other far more than rows of the world do.
/// </summary>
internal static class SourceFamily
{
    private const string Mirror = "Josh-blythe/bordair-multimodal-v1";

    /// <summary>The family of a row: its repository, a sub-corpus of the large mirror, or the hand-written area it belongs to.</summary>
    public static string Of(CorpusRow row)
    {
        var source = row.Source ?? row.Set ?? "unknown";
        if (IsHandWritten(source))
        {
            return source;
        }

        var (repository, path) = Split(source);
        if (repository == "synthetic")
        {
            return $"synthetic:{row.Made}";
        }

        return repository == Mirror ? MirrorFamily(path) : repository;
    }

    /// <summary>Whether a family is one of the areas written for this project.</summary>
    public static bool IsHandWritten(string family) => family.StartsWith("authored:", StringComparison.Ordinal);

    private static string MirrorFamily(string path)
    {
        if (path.Contains("llmail", StringComparison.Ordinal))
        {
            return "llmail-inject";
        }

        var bracket = path.LastIndexOf('(');
        if (path.StartsWith("benign/", StringComparison.Ordinal))
        {
            return bracket < 0 ? "bordair:benign" : $"bordair:{path[(bracket + 1)..].TrimEnd(')')}";
        }

        var parts = path.Split('/');
        return parts.Length > 2 ? $"bordair:{parts[0]}/{parts[1]}" : $"bordair:{parts[0]}";
    }

    private static (string Repository, string Path) Split(string source)
    {
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (source, "") : (source[..colon], source[(colon + 1)..]);
    }
}
