namespace LockLLM.Gateway.Telemetry;

/// <summary>Whether the gateway can do its job: not before the detector proved that it works.</summary>
internal sealed class Readiness
{
    private volatile bool _isReady;

    public bool IsReady => _isReady;

    public void Report(bool isReady) => _isReady = isReady;
}
