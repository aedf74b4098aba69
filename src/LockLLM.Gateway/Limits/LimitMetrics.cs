using System.Diagnostics.Metrics;
using LockLLM.Gateway.Coordination;

namespace LockLLM.Gateway.Limits;

/// <summary>How limits are doing, for dashboards. No account and no key is named, so that the number of series is bounded.</summary>
internal sealed class LimitMetrics
{
    public const string MeterName = "LockLLM.Gateway.Limits";

    private readonly Counter<long> _refusals;

    public LimitMetrics(IMeterFactory meters, SharedCounterState state)
    {
        var meter = meters.Create(MeterName);
        _refusals = meter.CreateCounter<long>("lockllm.limits.refused", "{request}", "Requests answered 429.");
        meter.CreateObservableGauge("lockllm.limits.degraded", () => state.IsDegraded ? 1 : 0, null, "1 while the shared counters do not answer and each node grants its share.");
        meter.CreateObservableGauge("lockllm.limits.nodes", () => state.Nodes, "{node}", "Gateways that share the counters.");
        meter.CreateObservableCounter("lockllm.limits.local", () => state.LocalTakes, "{request}", "Requests decided by this node's share.");
    }

    public void CountRefusal() => _refusals.Add(1);
}
