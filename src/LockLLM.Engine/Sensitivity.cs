namespace LockLLM.Engine;

/// <summary>How readily a score is called an attack. Each level aims at a share of false alarms on everyday prompts.</summary>
public enum Sensitivity
{
    /// <summary>Attack from a score of 80: about one false alarm in 1,000 everyday prompts.</summary>
    Low,

    /// <summary>Attack from a score of 50: about one false alarm in 100. The default.</summary>
    Medium,

    /// <summary>Attack from a score of 15: about five false alarms in 100.</summary>
    High,
}
