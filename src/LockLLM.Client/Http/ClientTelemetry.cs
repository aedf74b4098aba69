using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LockLLM.Client;

/// <summary>Activities and instruments under the name <c>LockLLM.Client</c>. They hold verdicts, durations and ids, never text.</summary>
internal static class ClientTelemetry
{
    public const string Name = "LockLLM.Client";

    private static readonly ActivitySource s_activities = new(Name);
    private static readonly Meter s_meter = new(Name);
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("lockllm.client.scan.duration", "s", "Time of a scan, retries included.");
    private static readonly Counter<long> s_scans = s_meter.CreateCounter<long>("lockllm.client.scan.count", "{scan}", "Scans with a verdict.");
    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>("lockllm.client.retry.count", "{attempt}", "Repeated attempts.");

    public static Activity? StartScan() => s_activities.StartActivity("lockllm.scan", ActivityKind.Client);

    public static void Scanned(Activity? activity, bool safe, string requestId, TimeSpan elapsed)
    {
        activity?.SetTag("lockllm.safe", safe).SetTag("lockllm.request_id", requestId);
        if (s_scans.Enabled)
        {
            s_scans.Add(1, new KeyValuePair<string, object?>("safe", safe));
        }

        s_duration.Record(elapsed.TotalSeconds);
    }

    public static void Failed(Activity? activity, LockLlmException failure, TimeSpan elapsed)
    {
        activity?.SetStatus(ActivityStatusCode.Error, failure.Code).SetTag("lockllm.request_id", failure.RequestId).SetTag("error.type", failure.Code ?? failure.Type);
        s_duration.Record(elapsed.TotalSeconds);
    }

    public static void Retried() => s_retries.Add(1);
}
