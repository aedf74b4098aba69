using LockLLM.Contracts.Scan;

namespace LockLLM.Contracts.Management;

/// <summary>What is kept of one request, as <c>/api/v1/logs</c> shows it. No field can hold a prompt, an answer or a key.</summary>
public sealed record LogDetails
{
    /// <summary>Names the record; not the request id.</summary>
    public required string Id { get; init; }

    /// <summary>When the request came in.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>scan_api, proxy_request or webhook_delivery.</summary>
    public required string LogType { get; init; }

    /// <summary>Of a proxied request: proxy_scan, proxy_forward or proxy_block.</summary>
    public string? LogSubtype { get; init; }

    /// <summary>success, failure, error or pending.</summary>
    public required string Status { get; init; }

    /// <summary>The id that the caller was told. Several records may share one: clients keep it when they try again.</summary>
    public required string RequestId { get; init; }

    /// <summary>The API key that made the request.</summary>
    public string? ApiKeyId { get; init; }

    /// <summary>The provider key that was used.</summary>
    public string? UpstreamKeyId { get; init; }

    /// <summary>Code of the error that the caller got.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Status of the answer; 0 when the caller was gone before there was one.</summary>
    public required int HttpStatus { get; init; }

    /// <summary>The verdict; absent where there was none.</summary>
    public bool? Safe { get; init; }

    /// <summary>0 for safe, 1 for an attack.</summary>
    public int? Label { get; init; }

    /// <summary>How sure the verdict is, 0 to 100.</summary>
    public double? Confidence { get; init; }

    /// <summary>Score of the most suspicious place, 0 to 100.</summary>
    public double? Injection { get; init; }

    /// <summary>low, medium or high.</summary>
    public string? Sensitivity { get; init; }

    /// <summary>block or allow_with_warning.</summary>
    public string? ScanAction { get; init; }

    /// <summary>Category of the most severe finding.</summary>
    public string? ThreatCategory { get; init; }

    /// <summary>Where the attacks are in the worst of the texts, most severe first: positions, never an excerpt.</summary>
    public IReadOnlyList<ScanThreat>? Findings { get; init; }

    /// <summary>Length of that text in Unicode scalars.</summary>
    public int? FindingsLength { get; init; }

    /// <summary>Length of the texts in Unicode scalars.</summary>
    public int? PromptLength { get; init; }

    /// <summary>How much of it was judged.</summary>
    public int? ScannedLength { get; init; }

    /// <summary>Text parts that were judged.</summary>
    public int? ScannedParts { get; init; }

    /// <summary>Text parts that there were.</summary>
    public int? TotalParts { get; init; }

    /// <summary>The provider asked.</summary>
    public string? Provider { get; init; }

    /// <summary>The model asked for.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the answer was a stream.</summary>
    public bool? Stream { get; init; }

    /// <summary>Status of the provider's answer.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Calls to providers, the first included.</summary>
    public int? Attempts { get; init; }

    /// <summary>Tokens read, as the provider counted them.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens written, as the provider counted them.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Bytes of the request body.</summary>
    public long? RequestBytes { get; init; }

    /// <summary>Bytes of the answer's body.</summary>
    public long? AnswerBytes { get; init; }

    /// <summary>Milliseconds from receiving the request to the end of the answer.</summary>
    public required double TotalMs { get; init; }

    /// <summary>Milliseconds of scanning.</summary>
    public double? ScanMs { get; init; }

    /// <summary>Milliseconds from sending to the head of the provider's answer.</summary>
    public double? UpstreamMs { get; init; }

    /// <summary>Milliseconds from receiving the request to the first byte of the answer.</summary>
    public double? FirstByteMs { get; init; }
}
