using System.Diagnostics;
using System.Diagnostics.Metrics;
using LockLLM.Gateway.Egress;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>How providers are doing, for dashboards. Tags name providers, never hosts, keys or models, so that their number is bounded.</summary>
internal sealed class UpstreamMetrics
{
    public const string MeterName = "LockLLM.Gateway.Upstream";

    private readonly Counter<long> _calls;
    private readonly Histogram<double> _latency;

    public UpstreamMetrics(IMeterFactory meters, HostHealth health)
    {
        var meter = meters.Create(MeterName);
        _calls = meter.CreateCounter<long>("lockllm.upstream.calls", "{call}", "Calls made to providers, by outcome.");
        _latency = meter.CreateHistogram<double>("lockllm.upstream.latency", "s", "Time from sending to the head of the answer.");
        meter.CreateObservableGauge(
            "lockllm.upstream.up",
            () => health.Report().GroupBy(static host => host.Provider)
                .Select(static hosts => new Measurement<int>(hosts.Any(static host => host.Breaker == BreakerState.Closed) ? 1 : 0, new KeyValuePair<string, object?>("provider", hosts.Key))),
            null,
            "1 while one of the provider's hosts takes calls.");
        meter.CreateObservableGauge(
            "lockllm.upstream.paused",
            () => health.Report().GroupBy(static host => host.Provider)
                .Select(static hosts => new Measurement<int>(hosts.Count(static host => host.Breaker != BreakerState.Closed), new KeyValuePair<string, object?>("provider", hosts.Key))),
            "{host}",
            "Hosts that are given a pause because they keep failing.");
    }

    /// <param name="outcome">A status class such as <c>2xx</c>, or the failure.</param>
    public void Count(string provider, string outcome, TimeSpan latency)
    {
        var tags = new TagList { { "provider", provider }, { "outcome", outcome } };
        _calls.Add(1, tags);
        _latency.Record(latency.TotalSeconds, tags);
    }

    public static string OutcomeOf(int status) => (status / 100) switch
    {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
}
