namespace LockLLM.Gateway.Telemetry;

/// <summary>Whether the gateway can do its job: not before the detector proved that it works.</summary>
internal sealed class Readiness
{
    private volatile bool _isReady;

    public bool IsReady => _isReady;

    /// <summary>How the detector last answered what is known; null where it failed to answer.</summary>
    public SelfTest? LastTest { get; set; }

    public void Report(bool isReady) => _isReady = isReady;
}

/// <summary>What came of asking the detector for known answers.</summary>
/// <param name="Missed">Of the attacks.</param>
/// <param name="FalseAlarms">Of the harmless texts.</param>
internal sealed record SelfTest(DateTimeOffset At, int Attacks, int Missed, int Harmless, int FalseAlarms);
