using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

/// <summary>What a scan came to. No verdict means that none could be had, which is never read as safe.</summary>
internal readonly record struct ScanOutcome(Verdict? Verdict, TimeSpan Inference)
{
    public static readonly ScanOutcome Unavailable;
}
