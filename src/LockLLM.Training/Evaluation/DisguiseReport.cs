using LockLLM.Engine;
using LockLLM.Training.Corpora;
using LockLLM.Training.Mutations;

namespace LockLLM.Training.Evaluation;

/// <summary>What each disguise costs: the same rows in clear and disguised, at one sensitivity.</summary>
internal sealed class DisguiseReport(Evaluator evaluator, Sensitivity sensitivity)
{
    /// <summary>Rows of each label that are disguised; more would only take longer.</summary>
    private const int MaxRows = 4000;

    /// <summary>Prints a line for each disguise.</summary>
    public void Print(IReadOnlyCollection<CorpusRow> rows, TextWriter output, CancellationToken cancellationToken)
    {
        var attacks = ScanInClear([.. rows.Where(static row => row.IsAttack)]);
        var benign = ScanInClear([.. rows.Where(static row => !row.IsAttack)]);
        output.WriteLine();
        output.WriteLine($"Disguises, at {sensitivity}: share called an attack, of {attacks.Count} attacks and {benign.Count} innocent texts");
        output.WriteLine($"{"",-34}{"attacks",9}{"disguised",11}{"lost",9}{"innocent",11}{"disguised",11}{"gained",9}");
        foreach (var disguise in Disguises.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (clear, found) = Measure(disguise, attacks);
            var (flagged, wrong) = Measure(disguise, benign);
            output.WriteLine(FormattableString.Invariant(
                $"{disguise.Name,-34}{clear,9:P1}{found,11:P1}{clear - found,9:P1}{flagged,11:P1}{wrong,11:P1}{wrong - flagged,9:P1}"));
        }
    }

    private List<(CorpusRow Row, bool Flagged)> ScanInClear(List<CorpusRow> rows)
    {
        var step = Math.Max(1, (double)rows.Count / MaxRows);
        return [.. Enumerable.Range(0, Math.Min(rows.Count, MaxRows)).Select(i => rows[(int)(i * step)]).Select(row => (row, IsFlagged(row, row.Text)))];
    }

    private (double Clear, double Disguised) Measure(Disguise disguise, List<(CorpusRow Row, bool Flagged)> rows)
    {
        var random = new Random(1);
        var disguised = rows.Count(text => IsFlagged(text.Row, disguise.Apply(text.Row.Text, random)));
        return rows.Count == 0 ? (0, 0) : (rows.Count(static text => text.Flagged) / (double)rows.Count, disguised / (double)rows.Count);
    }

    private bool IsFlagged(CorpusRow row, string text) => evaluator.Scan(row, text).Score >= Thresholds.Of(sensitivity);
}
