using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Scan;

namespace LockLLM.Gateway.Errors;

/// <summary>A request that gets no ordinary answer, and why.</summary>
/// <param name="Code">Row of the error table.</param>
/// <param name="Message">What was wrong and what to do. Never repeats what the caller sent.</param>
/// <param name="Param">The header or body field at fault.</param>
internal sealed record Error(ErrorCode Code, string Message, string? Param = null)
{
    public int? MaxChars { get; init; }

    public int? InputChars { get; init; }

    public long? MaxBytes { get; init; }

    public ScanResult? ScanResult { get; init; }

    public string? Provider { get; init; }

    public int? UpstreamStatus { get; init; }

    /// <summary>When the same call may be worth another try; at least a second.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public ErrorBody ToBody(string requestId) => new()
    {
        RequestId = requestId,
        Error = new ErrorDetails
        {
            Type = Code.Type,
            Code = Code.Code,
            Message = Message,
            Param = Param,
            RequestId = requestId,
            Status = Code.Status,
            ScanResult = ScanResult,
            MaxChars = MaxChars,
            InputChars = InputChars,
            MaxBytes = MaxBytes,
            RetryAfter = Code == ErrorCode.RateLimited ? (long?)RetryAfter?.TotalMilliseconds : null,
            Provider = Provider,
            UpstreamStatus = UpstreamStatus,
        },
    };
}
