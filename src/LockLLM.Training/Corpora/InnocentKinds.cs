namespace LockLLM.Training.Corpora;

/// <summary>Kinds of innocent texts for which false alarms are bounded and reported apart.</summary>
internal static class InnocentKinds
{
    private static readonly HashSet<string> s_everyday = new(StringComparer.Ordinal)
    {
        "bordair:wildchat", "bordair:ultrachat", "bordair:dolly", "bordair:mmlu", "bordair:triviaqa", "PolyAI-LDN/task-specific-datasets", "LianjiaTech/BELLE",
        "LAION-AI/Open-Assistant", "teknium1/GPTeacher", "yizhongw/self-instruct", "openai/grade-school-math",
    };

    /// <summary>What people ask models day by day.</summary>
    public static bool IsEveryday(Example example) => !example.IsAttack && s_everyday.Contains(example.Family);

    /// <summary>Mails, pages and files into which nothing was planted.</summary>
    public static bool IsPage(Example example) => !example.IsAttack && example.Made == "indirect-clean";

    /// <summary>Twins of attacks, written by hand: full of an attack's words and innocent.</summary>
    public static bool IsHandWritten(Example example) => !example.IsAttack && SourceFamily.IsHandWritten(example.Family);

    /// <summary>Code, mails, manuals, tables, API answers.</summary>
    public static bool IsTechnical(Example example) => !example.IsAttack && TrainingCorpus.DocumentFamilies.Contains(example.Family);
}
