using LockLLM.Engine;

namespace LockLLM.Training.Corpora;

/// <summary>A text ready to learn from: canonical, labelled, weighted.</summary>
internal sealed record Example
{
    /// <summary>The text as features see it.</summary>
    public required string Canonical { get; init; }

    /// <summary>What the engine's reading makes of the text under a disguise, for texts that are learned in this form too.</summary>
    public string? Disguised { get; init; }

    public required bool IsAttack { get; init; }

    /// <summary>Corpus category: benign, harmful_request, injection, jailbreak, extraction, tool_abuse, indirect, obfuscation.</summary>
    public required string Category { get; init; }

    public required string Family { get; init; }

    /// <summary>How a composed text was made; null for one as found.</summary>
    public string? Made { get; init; }

    public required string Language { get; init; }

    /// <summary>Whether the row is held out from learning.</summary>
    public required bool IsDev { get; init; }

    /// <summary>The trust with which the row says it is to be judged; user where it says nothing.</summary>
    public required Trust Trust { get; init; }

    /// <summary>How much the row counts for the head for users' text; 0 leaves it out.</summary>
    public required float UserWeight { get; init; }

    /// <summary>How much the row counts for the head for documents and tool results; 0 leaves it out.</summary>
    public required float DocumentWeight { get; init; }

    /// <summary>Length of the text as found, in UTF-16 units.</summary>
    public required int Length { get; init; }

    public float WeightFor(Trust trust) => trust == Trust.User ? UserWeight : DocumentWeight;
}
