using System.Diagnostics;
using System.Diagnostics.Metrics;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>
/// What records add up to, and whether they find their way to the database. Tags come from fixed lists, so that the number
/// of series is bounded; no account, key or model is named.
/// </summary>
internal sealed class RequestLogMetrics
{
    public const string MeterName = "LockLLM.Gateway.RequestLog";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private static readonly InstrumentAdvice<int> s_lengths = new() { HistogramBucketBoundaries = [50, 100, 250, 500, 1000, 2000, 5000, 10_000, 25_000, 50_000, 100_000, 500_000] };

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _verdicts;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _scanDuration;
    private readonly Histogram<int> _lengths;

    public RequestLogMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _requests = _meter.CreateCounter<long>("lockllm.requests", "{request}", "Requests by kind, status, HTTP status and error code.");
        _verdicts = _meter.CreateCounter<long>("lockllm.verdicts", "{verdict}", "Verdicts by kind of request, sensitivity and category of the most severe finding.");
        _duration = _meter.CreateHistogram("lockllm.request.duration", "s", "Time from the request to the end of its answer.", advice: s_seconds);
        _scanDuration = _meter.CreateHistogram("lockllm.scan.duration", "s", "Time spent judging.", advice: s_seconds);
        _lengths = _meter.CreateHistogram("lockllm.prompt.length", "{character}", "Unicode scalars of the texts of a request.", advice: s_lengths);
    }

    public void Observe(RequestRecord record)
    {
        var kind = new KeyValuePair<string, object?>("kind", RequestLogWords.Of(record.Kind));
        var requests = new TagList { kind, { "status", RequestLogWords.Of(record.Status) }, { "http_status", record.HttpStatus } };
        if (record.ErrorCode is { } code)
        {
            requests.Add("code", code);
        }

        _requests.Add(1, requests);
        _duration.Record(record.TotalMilliseconds / 1000, kind);
        if (record.IsSafe is { } isSafe)
        {
            var verdict = new TagList { kind, { "safe", isSafe ? "true" : "false" }, { "sensitivity", record.Sensitivity } };
            if (record.ThreatCategory is { } category)
            {
                verdict.Add("category", category);
            }

            _verdicts.Add(1, verdict);
        }

        if (record.ScanMilliseconds is { } scan)
        {
            _scanDuration.Record(scan / 1000, kind);
        }

        if (record.PromptLength is { } length)
        {
            _lengths.Record(length, kind);
        }
    }

    /// <summary>Called once, by whoever empties the queues.</summary>
    public void Watch(RequestLogQueue records, AuditTrail audit)
    {
        _meter.CreateObservableCounter("lockllm.records.written", () => records.Written, "{record}", "Request records written to the database.");
        _meter.CreateObservableCounter("lockllm.records.dropped", () => records.Dropped, "{record}", "Request records that were given up: the queue was full or the database refused them.");
        _meter.CreateObservableGauge("lockllm.records.waiting", () => records.Waiting, "{record}", "Request records on their way to the database.");
        _meter.CreateObservableCounter("lockllm.audit.dropped", () => audit.Dropped, "{event}", "Audit events of secret accesses that were given up: the queue was full or the database refused them.");
        _meter.CreateObservableGauge("lockllm.audit.waiting", () => audit.Queue.Count, "{event}", "Audit events on their way to the database.");
    }
}
