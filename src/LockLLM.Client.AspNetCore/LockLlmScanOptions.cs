namespace LockLLM.Client.AspNetCore;

/// <summary>How incoming texts are scanned.</summary>
public sealed class LockLlmScanOptions
{
    /// <summary>What is looked for. Blocks attacks unless told otherwise.</summary>
    public ScanOptions Scan { get; set; } = new() { ScanAction = ScanAction.Block };

    /// <summary>What the caller is told about a refusal. It names no reason, since an attacker would learn from it.</summary>
    public string RefusalTitle { get; set; } = "The request was refused.";

    /// <summary>Largest body that <c>UseLockLlmScan</c> reads, in bytes. Default 1 MiB; larger ones are answered with 413.</summary>
    public long MaxBodyBytes { get; set; } = 1 << 20;
}
