namespace LockLLM.Contracts;

/// <summary>Which checks run. Spelling of the wire.</summary>
public static class ScanModes
{
    /// <summary>The attack detector only.</summary>
    public const string Normal = "normal";

    /// <summary>Content policies only.</summary>
    public const string PolicyOnly = "policy_only";

    /// <summary>Both. The default.</summary>
    public const string Combined = "combined";
}

/// <summary>What happens when a check finds something.</summary>
public static class ThreatActions
{
    /// <summary>The request is refused with an error.</summary>
    public const string Block = "block";

    /// <summary>The answer carries a warning. The default of <c>POST /v1/scan</c>.</summary>
    public const string AllowWithWarning = "allow_with_warning";
}

/// <summary>What happens to personal data.</summary>
public static class PiiActions
{
    /// <summary>It is replaced by placeholders.</summary>
    public const string Strip = "strip";

    /// <summary>The request is refused with an error.</summary>
    public const string Block = "block";

    /// <summary>The answer says what was found.</summary>
    public const string AllowWithWarning = "allow_with_warning";
}

/// <summary>How readily a score is called an attack.</summary>
public static class SensitivityLevels
{
    /// <summary>Fewest false alarms.</summary>
    public const string Low = "low";

    /// <summary>The default.</summary>
    public const string Medium = "medium";

    /// <summary>Fewest missed attacks.</summary>
    public const string High = "high";
}

/// <summary>Where a submitted text came from.</summary>
public static class TextContexts
{
    /// <summary>Typed by the person the application serves. The default.</summary>
    public const string User = "user";

    /// <summary>Retrieved or attached content; an order to the model is a finding.</summary>
    public const string Document = "document";

    /// <summary>Returned by a tool; an order to the model is a finding.</summary>
    public const string Tool = "tool";
}

/// <summary>Whether another model may be chosen for a request.</summary>
public static class RouteActions
{
    /// <summary>Never. The default.</summary>
    public const string Disabled = "disabled";

    /// <summary>By the gateway's own table.</summary>
    public const string Auto = "auto";

    /// <summary>By the account's rules.</summary>
    public const string Custom = "custom";
}

/// <summary>Ways to shorten a prompt.</summary>
public static class CompressionMethods
{
    /// <summary>Token-Oriented Object Notation, for JSON; lossless.</summary>
    public const string Toon = "toon";

    /// <summary>Drops dispensable words.</summary>
    public const string Compact = "compact";

    /// <summary>The first, then the second.</summary>
    public const string Combined = "combined";
}

/// <summary>How a text was looked at.</summary>
public static class DebugModes
{
    /// <summary>In one piece.</summary>
    public const string Unchunked = "single";

    /// <summary>In overlapping pieces.</summary>
    public const string Chunked = "chunked";
}

/// <summary>What an attack tries to achieve.</summary>
public static class ThreatCategories
{
    /// <summary>Overrides the model's instructions.</summary>
    public const string Injection = "injection";

    /// <summary>Talks the model out of its safety rules.</summary>
    public const string Jailbreak = "jailbreak";

    /// <summary>Makes the model reveal its system prompt.</summary>
    public const string SystemPromptExtraction = "system_prompt_extraction";

    /// <summary>Turns tools or an agent against their user.</summary>
    public const string ToolAbuse = "tool_abuse";

    /// <summary>Orders hidden in content the model only reads.</summary>
    public const string RagInjection = "rag_injection";

    /// <summary>Text made to be read by a model and not by a person.</summary>
    public const string Obfuscation = "obfuscation";
}

/// <summary>Kinds of task that routing tells apart.</summary>
public static class TaskTypes
{
#pragma warning disable CS1591 // the names say it
    public const string OpenQa = "Open QA";
    public const string ClosedQa = "Closed QA";
    public const string Summarization = "Summarization";
    public const string TextGeneration = "Text Generation";
    public const string CodeGeneration = "Code Generation";
    public const string Chatbot = "Chatbot";
    public const string Classification = "Classification";
    public const string Rewrite = "Rewrite";
    public const string Brainstorming = "Brainstorming";
    public const string Extraction = "Extraction";
    public const string Other = "Other";
#pragma warning restore CS1591

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        OpenQa, ClosedQa, Summarization, TextGeneration, CodeGeneration, Chatbot, Classification, Rewrite, Brainstorming,
        Extraction, Other,
    ];
}

/// <summary>How hard a task is, in three steps, for routing rules.</summary>
public static class ComplexityTiers
{
    /// <summary>Below 0.33.</summary>
    public const string Low = "low";

    /// <summary>From 0.33 to 0.66.</summary>
    public const string Medium = "medium";

    /// <summary>Above 0.66.</summary>
    public const string High = "high";

    /// <summary>All of them, rising.</summary>
    public static IReadOnlyList<string> All { get; } = [Low, Medium, High];
}

/// <summary>Who pays for a proxied call.</summary>
public static class CreditsModes
{
    /// <summary>The caller's own provider key.</summary>
    public const string OwnKey = "byok";

    /// <summary>The account's balance.</summary>
    public const string Credits = "lockllm_credits";
}
