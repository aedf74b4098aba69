namespace LockLLM.Engine;

/// <summary>What an attack tries to achieve.</summary>
public enum ThreatCategory
{
    /// <summary>Replaces or overrides the instructions that the model was given.</summary>
    Injection,

    /// <summary>Talks the model out of its safety rules, by role play, invented modes and the like.</summary>
    Jailbreak,

    /// <summary>Makes the model reveal its system prompt or configuration.</summary>
    SystemPromptExtraction,

    /// <summary>Turns the model's tools or an agent's powers against its user.</summary>
    ToolAbuse,

    /// <summary>Orders hidden in content that the model only reads: documents, pages, mails, tool results.</summary>
    RagInjection,

    /// <summary>Text made to be read by a model and not by a person: hidden characters, encodings.</summary>
    Obfuscation,
}
