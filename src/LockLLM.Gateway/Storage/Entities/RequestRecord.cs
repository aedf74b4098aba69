namespace LockLLM.Gateway.Storage.Entities;

internal enum RequestKind
{
    ScanApi,
    ProxyRequest,
    WebhookDelivery,
}

internal enum RequestSubkind
{
    None,
    ProxyScan,
    ProxyForward,
    ProxyBlock,
}

internal enum RequestStatus
{
    Success,
    Failure,
    Error,
    Pending,
}

/// <summary>What is kept of one request: ids, numbers, and words from fixed lists. No field can hold a prompt, an answer or a key.</summary>
internal sealed class RequestRecord
{
    /// <summary>Sorts by time.</summary>
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required RequestKind Kind { get; init; }

    public RequestSubkind Subkind { get; init; }

    public required RequestStatus Status { get; init; }

    /// <summary>At most 128 characters of <c>A-Za-z0-9_.-</c>; checked where requests get their id.</summary>
    public required string RequestId { get; init; }

    public string? ApiKeyId { get; init; }

    public string? ProviderKeyId { get; init; }

    /// <summary>Code of the error table.</summary>
    public string? ErrorCode { get; init; }

    public int HttpStatus { get; init; }

    public bool? IsSafe { get; init; }

    public int? Label { get; init; }

    public double? Confidence { get; init; }

    public double? Injection { get; init; }

    /// <summary>low, medium, high.</summary>
    public string? Sensitivity { get; init; }

    /// <summary>block, allow_with_warning.</summary>
    public string? ScanAction { get; init; }

    /// <summary>Category of the most severe finding.</summary>
    public string? ThreatCategory { get; init; }

    /// <summary>Where the findings are, in numbers; see <c>RequestLog/FindingPositions</c>.</summary>
    public string? Findings { get; init; }

    /// <summary>Length of the texts, in Unicode scalars.</summary>
    public int? PromptLength { get; init; }

    /// <summary>Coverage: scalars that were judged; equal to the length or the request failed.</summary>
    public int? ScannedLength { get; init; }

    /// <summary>Coverage: text parts that were judged, and those there were.</summary>
    public int? ScannedParts { get; init; }

    public int? TotalParts { get; init; }

    public string? Provider { get; init; }

    /// <summary>Name of a model, if it looks like one; see <c>RequestLog/ModelName</c>.</summary>
    public string? Model { get; init; }

    public bool? IsStream { get; init; }

    public int? UpstreamStatus { get; init; }

    public int? Attempts { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    public long? RequestBytes { get; init; }

    public long? AnswerBytes { get; init; }

    public double TotalMilliseconds { get; init; }

    public double? ScanMilliseconds { get; init; }

    /// <summary>From sending to the head of the provider's answer.</summary>
    public double? UpstreamMilliseconds { get; init; }

    /// <summary>From receiving to the first byte of the answer.</summary>
    public double? FirstByteMilliseconds { get; init; }
}
