using System.Diagnostics;
using LockLLM.Engine;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Evaluation;

/// <summary>Scans labelled texts one after another, on one thread, so that the times mean something.</summary>
internal sealed class Evaluator(PromptScanner scanner)
{
    public ScoredText Scan(CorpusRow row) => Scan(row, row.Text);

    /// <summary>Scans another text in the place of a row's own, as when it was disguised.</summary>
    public ScoredText Scan(CorpusRow row, string text)
    {
        var started = Stopwatch.GetTimestamp();
        var verdict = scanner.Scan(text, TrustOf(row.Context));
        return new ScoredText(
            row.Set ?? "", row.Category ?? (row.IsAttack ? "attack" : "benign"), row.Lang ?? "unknown", row.IsAttack, text.Length,
            verdict.Score, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Lets the runtime compile the scan before times are taken.</summary>
    public void WarmUp()
    {
        for (var i = 0; i < 300; i++)
        {
            scanner.Scan($"Warming up, round {i}: the weather is fine and the tea is still hot.");
        }
    }

    private static Trust TrustOf(string? context) => context switch
    {
        "tool" => Trust.Tool,
        "document" => Trust.Document,
        "system" => Trust.System,
        "assistant" => Trust.Assistant,
        _ => Trust.User,
    };
}
