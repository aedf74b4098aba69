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
    public async ValueTask<ScanOutcome> ScanAsync(PromptText text, Trust trust, string requestId, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(text.Scalars, requestId, cancellationToken);
        return turn.IsGranted ? Judge(text.Span, trust, requestId) : ScanOutcome.Unavailable;
    }

    /// <summary>Waits for the turn of texts that take long together; others have theirs at once.</summary>
    public ValueTask<ScanTurn> EnterAsync(long scalars, string requestId, CancellationToken cancellationToken) =>
        scalars <= LongScalars ? ValueTask.FromResult(ScanTurn.AtOnce) : WaitAsync(requestId, cancellationToken);

    public void Dispose() => _longScans.Dispose();

    /// <summary>Judges one text of a turn that was granted.</summary>
    public ScanOutcome Judge(ReadOnlySpan<char> text, Trust trust, string requestId)
    {
        if (!readiness.IsReady)
        {
            return ScanOutcome.Unavailable;
        }

        try
        {
            var start = clock.GetTimestamp();
            var verdict = detect(text, trust);
            if (verdict.ScannedLength == text.Length)
            {
                return new ScanOutcome(verdict, clock.GetElapsedTime(start));
            }

            LogPartialScan(requestId, verdict.ScannedLength, text.Length);
        }
        catch (Exception fault)
        {
            LogDetectorFault(requestId, new Fault(fault));
        }

        return ScanOutcome.Unavailable;
    }

    private async ValueTask<ScanTurn> WaitAsync(string requestId, CancellationToken cancellationToken)
    {
        var permit = await _longScans.AcquireAsync(1, cancellationToken);
        if (!permit.IsAcquired)
        {
            LogTooManyLongScans(requestId);
        }

        return new ScanTurn(permit);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "No verdict for {RequestId}, the detector failed: {Fault}")]
    private partial void LogDetectorFault(string requestId, Fault fault);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "No verdict for {RequestId}, the detector looked at {Scanned} of {Total} UTF-16 units")]
    private partial void LogPartialScan(string requestId, int scanned, int total);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "No verdict for {RequestId}: LockLLM:Scan:WaitingLongScans long texts wait already")]
    private partial void LogTooManyLongScans(string requestId);
}
