using System.Text.Json.Serialization;
using LockLLM.Engine;
using LockLLM.Training.Corpora;
using LockLLM.Training.Mutations;

namespace LockLLM.Training.Evaluation;

/// <summary>
/// What each disguise costs: the same rows in clear and disguised, at one sensitivity. Rows that come disguised already
/// are not in clear and so are left out, and so are those that a disguise cannot carry.
/// </summary>
internal sealed class DisguiseReport(Evaluator evaluator, Sensitivity sensitivity)
{
    /// <summary>Rows of each label that are disguised; more would only take longer.</summary>
    private const int MaxRows = 4000;

    /// <summary>Figures for each disguise. Scans on all processors: times mean nothing here.</summary>
    public IReadOnlyList<DisguiseFigures> Measure(IReadOnlyCollection<CorpusRow> rows, Progress progress, CancellationToken cancellationToken)
    {
        progress.Begin("Disguises");
        var attacks = ScanInClear(rows, isAttack: true, cancellationToken);
        var benign = ScanInClear(rows, isAttack: false, cancellationToken);
        var figures = new List<DisguiseFigures>();
        foreach (var disguise in Disguises.All)
        {
            var (attacksCarried, clear, found) = Measure(disguise, attacks, cancellationToken);
            var (benignCarried, flagged, wrong) = Measure(disguise, benign, cancellationToken);
            figures.Add(new DisguiseFigures(disguise.Name, attacksCarried, clear, found, benignCarried, flagged, wrong));
            progress.Report(figures.Count / (double)Disguises.All.Count);
        }

        progress.End($"{figures.Count} disguises of {attacks.Count} attacks and {benign.Count} innocent texts");
        return figures;
    }

    /// <summary>Prints a line for each disguise.</summary>
    public void Print(IReadOnlyList<DisguiseFigures> figures, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Disguises, at {sensitivity}: share called an attack");
        output.WriteLine($"{"",-34}{"attacks",9}{"in clear",10}{"disguised",11}{"lost",9}{"innocent",11}{"in clear",10}{"disguised",11}{"gained",9}");
        foreach (var row in figures)
        {
            output.WriteLine(FormattableString.Invariant(
                $"{row.Disguise,-34}{row.Attacks,9}{row.Recall,10:P1}{row.RecallDisguised,11:P1}{row.RecallLost,9:P1}{row.Benign,11}{row.Fpr,10:P1}{row.FprDisguised,11:P1}{row.FprGained,9:P1}"));
        }
    }

    private List<(CorpusRow Row, bool Flagged)> ScanInClear(IReadOnlyCollection<CorpusRow> rows, bool isAttack, CancellationToken cancellationToken)
    {
        var inClear = rows.Where(row => row.IsAttack == isAttack && row.Category != "obfuscation" && row.Made != "encoded").ToList();
        var step = Math.Max(1, (double)inClear.Count / MaxRows);
        return
        [
            .. Enumerable.Range(0, Math.Min(inClear.Count, MaxRows)).AsParallel().AsOrdered().WithCancellation(cancellationToken)
                .Select(i => inClear[(int)(i * step)]).Select(row => (row, IsFlagged(row, row.Text))),
        ];
    }

    private (int Carried, double? Clear, double? Disguised) Measure(
        Disguise disguise, List<(CorpusRow Row, bool Flagged)> rows, CancellationToken cancellationToken)
    {
        var carried = rows.Where(text => disguise.CanCarry(text.Row.Text)).ToList();
        var disguised = carried.AsParallel().WithCancellation(cancellationToken)
            .Count(text => IsFlagged(text.Row, disguise.Apply(text.Row.Text, new Random(text.Row.Text.Length))));
        return carried.Count == 0
            ? (0, null, null)
            : (carried.Count, carried.Count(static text => text.Flagged) / (double)carried.Count, disguised / (double)carried.Count);
    }

    private bool IsFlagged(CorpusRow row, string text) => evaluator.Scan(row, text).Score >= Thresholds.Of(sensitivity);
}

/// <summary>Shares of texts called an attack, in clear and under a disguise; absent where no text was measured.</summary>
/// <param name="Attacks">Attacks measured.</param>
/// <param name="Benign">Innocent texts measured.</param>
internal sealed record DisguiseFigures(
    string Disguise, int Attacks, double? Recall, double? RecallDisguised, int Benign, double? Fpr, double? FprDisguised)
{
    [JsonPropertyName("recall_lost")]
    public double? RecallLost => Recall - RecallDisguised;

    [JsonPropertyName("fpr_gained")]
    public double? FprGained => FprDisguised - Fpr;
}
