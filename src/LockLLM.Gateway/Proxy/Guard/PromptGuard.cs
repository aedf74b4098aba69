using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>Looks at a request before it is sent. Whatever goes wrong ends as a report without a verdict.</summary>
internal sealed partial class PromptGuard(ScanStage stage, PartMemories memories, PartKeys keys, ProxyOptions options, TimeProvider clock, ILogger<PromptGuard> logger)
{
    public async ValueTask<GuardReport> InspectAsync(PromptMap map, string account, GuardSettings settings, ScanDirectives directives, string requestId, CancellationToken cancellationToken)
    {
        if (map.Parts.IsEmpty)
        {
            return new GuardReport.NothingToScan { Unscanned = map.Unscanned };
        }

        var start = clock.GetTimestamp();
        var inspection = new Inspection(map, memories.Of(account), keys, settings, directives);
        inspection.Recall();
        try
        {
            using var turn = await EnterAsync(inspection.Unknown, requestId, cancellationToken);
            if (turn.IsGranted && inspection.Judge(stage, IsOverdue, requestId) is { } report)
            {
                return report;
            }

            if (IsOverdue())
            {
                LogOverdue(requestId, inspection.Unknown);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogOverdue(requestId, inspection.Unknown);
        }

        return new GuardReport.Failed { Unscanned = map.Unscanned };

        bool IsOverdue() => clock.GetElapsedTime(start) > options.ScanTimeout;
    }

    private async ValueTask<ScanTurn> EnterAsync(long scalars, string requestId, CancellationToken cancellationToken)
    {
        if (scalars <= ScanStage.LongScalars)
        {
            return ScanTurn.AtOnce;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = clock.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), patience, options.ScanTimeout, Timeout.InfiniteTimeSpan);
        return await stage.EnterAsync(scalars, requestId, patience.Token);
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "No verdict for {RequestId}: its {Chars} characters took longer than LockLLM:Proxy:ScanTimeout")]
    private partial void LogOverdue(string requestId, long chars);
}
