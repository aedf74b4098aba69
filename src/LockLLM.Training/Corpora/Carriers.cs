namespace LockLLM.Training.Corpora;

/// <summary>
/// Repairs rows whose label is right only for a part of them. The cross-modal sets put an innocent request ("What is
/// said in this recording?") before each payload; taken as a whole, thousands of rows teach that asking for a summary
/// is an attack. Such an opening is taken off the attack and becomes an innocent row of its own.
/// </summary>
internal static class Carriers
{
    /// <summary>An opening that comes with fewer different payloads may belong to the attack.</summary>
    private const int MinPayloads = 40;

    private const string Break = "\n\n";

    public static IReadOnlyList<CorpusRow> TakeOff(IReadOnlyList<CorpusRow> rows)
    {
        var openings = rows.Where(IsCrossModal).GroupBy(static row => Opening(row.Text), StringComparer.Ordinal)
            .Where(static group => group.Key.Length > 0 && group.Count() >= MinPayloads)
            .Select(static group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. rows.Select(row => IsCrossModal(row) && openings.Contains(Opening(row.Text)) ? row with { Text = row.Text[(Opening(row.Text).Length + Break.Length)..] } : row),
            .. openings.Order(StringComparer.Ordinal).Select(static opening => new CorpusRow
            {
                Text = opening, Label = 0, Category = "benign", Source = "bordair:carriers", Lang = "en", Split = "train", Context = "user",
            }),
        ];
    }

    private static bool IsCrossModal(CorpusRow row) => row.IsAttack && row.Made is null && row.Source is { } source
        && (source.Contains("/text_document", StringComparison.Ordinal) || source.Contains("/text_audio", StringComparison.Ordinal));

    private static string Opening(string text)
    {
        var end = text.IndexOf(Break, StringComparison.Ordinal);
        return end < 0 ? "" : text[..end];
    }
}
