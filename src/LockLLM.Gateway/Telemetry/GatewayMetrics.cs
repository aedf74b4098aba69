using System.Diagnostics.Metrics;
using System.Reflection;

namespace LockLLM.Gateway.Telemetry;

/// <summary>The gateway as a whole: which version, and which of the things it works with answer.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "LockLLM.Gateway";

    public static readonly string Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    public GatewayMetrics(IMeterFactory meters, IEnumerable<Dependency> dependencies)
    {
        var all = dependencies.ToArray();
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("lockllm.build", static () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Version)), null, "1, with the version.");
        meter.CreateObservableGauge(
            "lockllm.dependency.up",
            () => all.Select(static dependency => new Measurement<int>(dependency.IsUp() ? 1 : 0, new KeyValuePair<string, object?>("dependency", dependency.Name))),
            null,
            "1 while it answers.");
    }
}
