using System.Text.Json.Serialization;
using LockLLM.Contracts.Scan;

namespace LockLLM.Contracts.Errors;

/// <summary>
/// The one shape of every error. LockLLM clients look only inside <c>error</c>; the outer <c>type</c> and
/// <c>request_id</c> let Anthropic's client read the same body.
/// </summary>
public sealed record ErrorBody
{
    /// <summary>Always <c>error</c>.</summary>
    public string Type { get; init; } = "error";

    /// <summary>What went wrong.</summary>
    public required ErrorDetails Error { get; init; }

    /// <summary>Equals the <c>X-Request-Id</c> header.</summary>
    public required string RequestId { get; init; }

    /// <summary>The message once more, on the routes of providers whose clients look for it here.</summary>
    public string? Message { get; init; }
}

/// <summary>What went wrong. Never holds text, keys or values of the caller.</summary>
public sealed record ErrorDetails
{
    /// <summary><see cref="ErrorCode.Type"/>.</summary>
    public required string Type { get; init; }

    /// <summary><see cref="ErrorCode.Code"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What was wrong and what to do, for a person.</summary>
    public required string Message { get; init; }

    /// <summary>The header or body field at fault. Written as null when there is none, as OpenAI clients expect.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Param { get; init; }

    /// <summary>Equals the <c>X-Request-Id</c> header.</summary>
    public required string RequestId { get; init; }

    /// <summary>The HTTP status, for clients that lose it.</summary>
    public required int Status { get; init; }

    /// <summary>With <c>prompt_injection_detected</c>: the verdict.</summary>
    public ScanResult? ScanResult { get; init; }

    /// <summary>With <c>input_too_long</c>: the most characters accepted.</summary>
    public int? MaxChars { get; init; }

    /// <summary>With <c>input_too_long</c>: the characters submitted.</summary>
    public int? InputChars { get; init; }

    /// <summary>With <c>request_too_large</c> and <c>headers_too_large</c>: the most bytes accepted.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>With <c>rate_limited</c>: milliseconds to wait.</summary>
    public long? RetryAfter { get; init; }

    /// <summary>With errors about a provider: its name.</summary>
    public string? Provider { get; init; }

    /// <summary>With <c>upstream_error</c>: the status that the provider answered, 0 when it answered none.</summary>
    public int? UpstreamStatus { get; init; }
}
