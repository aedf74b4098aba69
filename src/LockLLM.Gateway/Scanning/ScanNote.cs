using LockLLM.Contracts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Scanning;

/// <summary>What a scan has learned so far that its record tells: numbers, ids and words from lists.</summary>
internal sealed class ScanNote(HttpContext context, TimeProvider clock)
{
    private const int ClientClosedRequest = 499;

    public Caller Caller { get; } = context.Features.Get<Caller>()!;

    public long Start { get; } = clock.GetTimestamp();

    public ScanDirectives? Directives { get; set; }

    /// <summary>In Unicode scalars.</summary>
    public int? Length { get; set; }

    public ScanAnswer? Answer { get; set; }

    public TimeSpan Inference { get; set; }

    public Error? Error { get; set; }

    public RequestRecord ToRecord()
    {
        var now = clock.GetUtcNow();
        // Neither answered nor refused: the caller hung up, or something broke that the outermost net answers.
        var isUnanswered = Answer is null && Error is null;
        var isGone = context.RequestAborted.IsCancellationRequested;
        return new RequestRecord
        {
            Id = Ids.NewRecord(now),
            AccountId = Caller.AccountId,
            CreatedAt = now,
            Kind = RequestKind.ScanApi,
            Status = isUnanswered || Error?.Code.Status >= 500 ? RequestStatus.Error : Error is not null ? RequestStatus.Failure : RequestStatus.Success,
            RequestId = context.TraceIdentifier,
            ApiKeyId = Caller.KeyId,
            ErrorCode = Error?.Code.Code,
            HttpStatus = Error?.Code.Status ?? (isGone ? ClientClosedRequest : isUnanswered ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK),
            IsSafe = Answer is null ? null : Answer.Label == 0,
            Label = Answer?.Label,
            Confidence = Answer?.Confidence,
            Injection = Answer?.Injection,
            Sensitivity = Answer is null ? null : Directives?.SensitivityWord,
            ScanAction = Directives is { } directives ? (directives.Blocks ? ThreatActions.Block : ThreatActions.AllowWithWarning) : null,
            ThreatCategory = Answer?.Threats?[0].Category,
            Findings = FindingPositions.Write(Answer?.Threats, Length ?? 0),
            PromptLength = Length,
            ScannedLength = Answer is null ? null : Length,
            RequestBytes = context.Request.ContentLength,
            TotalMilliseconds = clock.GetElapsedTime(Start).TotalMilliseconds,
            ScanMilliseconds = Answer is null ? null : Inference.TotalMilliseconds,
        };
    }
}
