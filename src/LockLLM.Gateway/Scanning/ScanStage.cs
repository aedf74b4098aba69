using System.Threading.RateLimiting;
using LockLLM.Engine;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Telemetry;

namespace LockLLM.Gateway.Scanning;

/// <summary>Asks the detector and times it. Whatever goes wrong here ends as an outcome without a verdict: fail closed.</summary>
internal sealed partial class ScanStage(Detector detect, Readiness readiness, ScanOptions options, TimeProvider clock, ILogger<ScanStage> logger) : IDisposable
{
    public const int LongScalars = 10_000;

    private readonly ConcurrencyLimiter _longScans = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.ConcurrentLongScans > 0 ? options.ConcurrentLongScans : Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = options.WaitingLongScans,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>A short text is judged at once on the calling thread: that takes less time than handing it over.</summary>
    public ValueTask<ScanOutcome> ScanAsync(PromptText text, Trust trust, string requestId, CancellationToken cancellationToken) =>
        text.Scalars <= LongScalars
            ? ValueTask.FromResult(Judge(text, trust, requestId))
            : ScanLongAsync(text, trust, requestId, cancellationToken);

    public void Dispose() => _longScans.Dispose();

    private async ValueTask<ScanOutcome> ScanLongAsync(PromptText text, Trust trust, string requestId, CancellationToken cancellationToken)
    {
        using var permit = await _longScans.AcquireAsync(1, cancellationToken);
        if (permit.IsAcquired)
        {
            return Judge(text, trust, requestId);
        }

        LogTooManyLongScans(requestId);
        return ScanOutcome.Unavailable;
    }

    private ScanOutcome Judge(PromptText text, Trust trust, string requestId)
    {
        if (!readiness.IsReady)
        {
            return ScanOutcome.Unavailable;
        }

        try
        {
            var start = clock.GetTimestamp();
            var verdict = detect(text.Span, trust);
            if (verdict.ScannedLength == text.Span.Length)
            {
                return new ScanOutcome(verdict, clock.GetElapsedTime(start));
            }

            LogPartialScan(requestId, verdict.ScannedLength, text.Span.Length);
        }
        catch (Exception fault)
        {
            LogDetectorFault(requestId, new Fault(fault));
        }

        return ScanOutcome.Unavailable;
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "No verdict for {RequestId}, the detector failed: {Fault}")]
    private partial void LogDetectorFault(string requestId, Fault fault);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "No verdict for {RequestId}, the detector looked at {Scanned} of {Total} UTF-16 units")]
    private partial void LogPartialScan(string requestId, int scanned, int total);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "No verdict for {RequestId}: LockLLM:Scan:WaitingLongScans long texts wait already")]
    private partial void LogTooManyLongScans(string requestId);
}
