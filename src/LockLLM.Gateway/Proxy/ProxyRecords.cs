using System.Buffers;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Scanning;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Proxy;

/// <summary>What is kept of a call: numbers, ids and words from lists.</summary>
internal static class ProxyRecords
{
    private const int MaxModel = 128;
    private const int ClientClosedRequest = 499;

    private static readonly SearchValues<char> s_model = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.:/@+");

    public static RequestRecord Of(ProxyExchange exchange, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        // Only a report that holds the proof of coverage counts as a scan; see Coverage.
        var scanned = exchange.Report as GuardReport.Scanned;
        var result = exchange.Result;
        var isUnanswered = exchange.Error is null && result is null;
        return new RequestRecord
        {
            Id = Ids.NewRecord(now),
            AccountId = exchange.Caller.AccountId,
            CreatedAt = now,
            Kind = RequestKind.ProxyRequest,
            Subkind = exchange.IsBlocked ? RequestSubkind.ProxyBlock : scanned is null ? RequestSubkind.ProxyForward : RequestSubkind.ProxyScan,
            Status = StatusOf(exchange, result),
            RequestId = exchange.RequestId,
            ApiKeyId = exchange.Caller.KeyId,
            ProviderKeyId = result is null ? exchange.ProviderKeyId : result.Route.ProviderKeyId,
            ErrorCode = (exchange.Error ?? result?.Error)?.Code.Code,
            HttpStatus = isUnanswered || result is { End: UpstreamEnd.CallerGone } ? ClientClosedRequest : exchange.Error?.Code.Status ?? result!.Status,
            IsSafe = scanned is null ? null : !scanned.IsAttack,
            Label = scanned is null ? null : scanned.IsAttack ? 1 : 0,
            Confidence = scanned is null ? null : Score.Rounded(scanned.IsAttack ? scanned.Score : 100 - scanned.Score),
            Injection = scanned is null ? null : Score.Rounded(scanned.Score),
            Sensitivity = scanned is null ? null : exchange.Directives?.SensitivityWord,
            ScanAction = exchange.Directives is { } directives ? (directives.Blocks ? ThreatActions.Block : ThreatActions.AllowWithWarning) : null,
            ThreatCategory = scanned?.Threats is { Count: > 0 } threats ? threats[0].Category : null,
            Findings = FindingPositions.Write(scanned?.Threats, scanned?.ThreatsLength ?? 0),
            PromptLength = exchange.PromptScalars,
            ScannedLength = scanned is null ? null : (int)Math.Min(int.MaxValue, scanned.Coverage.Scalars),
            ScannedParts = scanned?.Coverage.Parts,
            TotalParts = exchange.PromptParts,
            Provider = result?.Route.Target.Provider.Name ?? exchange.ProviderName,
            Model = ModelOf(exchange),
            IsStream = exchange.IsStream,
            UpstreamStatus = result is { Status: > 0 } ? result.Status : null,
            Attempts = result?.Attempts,
            InputTokens = result is { Usage.Input: > 0 } ? result.Usage.Input : null,
            OutputTokens = result is { Usage.Output: > 0 } ? result.Usage.Output : null,
            RequestBytes = exchange.RequestBytes,
            AnswerBytes = result?.AnswerBytes,
            TotalMilliseconds = clock.GetElapsedTime(exchange.Start).TotalMilliseconds,
            ScanMilliseconds = scanned is null ? null : exchange.ScanTime?.TotalMilliseconds,
            UpstreamMilliseconds = result is { Latency.Ticks: > 0 } ? result.Latency.TotalMilliseconds : null,
            FirstByteMilliseconds = exchange.FirstByteTime?.TotalMilliseconds,
        };
    }

    /// <summary>Null where what the caller sent as one does not look like the name of a model.</summary>
    public static string? ModelOf(ProxyExchange exchange) =>
        (exchange.Result?.Route.Model ?? exchange.Model) is { Length: > 0 and <= MaxModel } model && !model.AsSpan().ContainsAnyExcept(s_model) ? model : null;

    private static RequestStatus StatusOf(ProxyExchange exchange, UpstreamResult? result) => result switch
    {
        _ when exchange.IsBlocked => RequestStatus.Failure,
        _ when exchange.Error is { } error => error.Code.Status >= 500 ? RequestStatus.Error : RequestStatus.Failure,
        // A guard that did not run is no success, whatever the provider answered.
        { End: UpstreamEnd.Complete, Status: < 400 } when exchange.Report is not (GuardReport.Failed or GuardReport.Unread or GuardReport.Scanned { LeftUnread: true }) => RequestStatus.Success,
        { End: UpstreamEnd.Complete, Status: < 500 } => RequestStatus.Failure,
        _ => RequestStatus.Error,
    };
}
