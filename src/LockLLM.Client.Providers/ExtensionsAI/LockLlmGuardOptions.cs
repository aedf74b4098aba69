namespace LockLLM.Client.Providers;

/// <summary>How <c>UseLockLlm</c> guards a client.</summary>
public sealed class LockLlmGuardOptions
{
    /// <summary>What is looked for, and what happens then. Blocks attacks unless told otherwise. Where texts come from is known: user, tool or document.</summary>
    public ScanOptions Scan { get; set; } = new() { ScanAction = ScanAction.Block };

    /// <summary>What a chat client answers in place of a refused call; null throws the <see cref="RequestRefusedException"/>.</summary>
    public string? RefusalReply { get; set; }
}
