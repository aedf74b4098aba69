using System.Threading.RateLimiting;

namespace LockLLM.Gateway.Scanning;

/// <summary>Leave to use the processor for long texts; given back when it is disposed of.</summary>
internal readonly struct ScanTurn(RateLimitLease? permit) : IDisposable
{
    /// <summary>For short texts.</summary>
    public static readonly ScanTurn AtOnce;

    public bool IsGranted => permit is null or { IsAcquired: true };

    public void Dispose() => permit?.Dispose();
}
