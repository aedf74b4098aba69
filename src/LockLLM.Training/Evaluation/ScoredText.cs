namespace LockLLM.Training.Evaluation;

/// <summary>What the report needs to know of one scanned text; the text itself is gone.</summary>
/// <param name="Length">UTF-16 units.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="Milliseconds">Time that the scan took.</param>
internal readonly record struct ScoredText(
    string Set, string Category, string Language, bool IsAttack, int Length, double Score, double Milliseconds);
