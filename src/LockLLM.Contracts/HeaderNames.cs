namespace LockLLM.Contracts;

/// <summary>Every header LockLLM reads or writes, in the spelling of the wire. Names compare without regard to case.</summary>
public static class HeaderNames
{
    /// <summary>Both ways: correlates a call across client, gateway and logs. Retries of one call may share it.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>Response: same value as <see cref="RequestId"/>, under the name the official READMEs use.</summary>
    public const string LockLlmRequestId = "X-LockLLM-Request-ID";

    /// <summary>Request: a LockLLM key; when present it is the only credential looked at.</summary>
    public const string Key = "X-LockLLM-Key";

    /// <summary>Request: a LockLLM key, as Anthropic clients send theirs.</summary>
    public const string XApiKey = "x-api-key";

    /// <summary>Request: a LockLLM key, as Azure OpenAI clients send theirs.</summary>
    public const string ApiKey = "api-key";

    /// <summary>Request: a LockLLM key, as Google-native clients send theirs.</summary>
    public const string GoogleApiKey = "x-goog-api-key";

    /// <summary>Request: which checks run, one of <see cref="ScanModes"/>. Response: the mode that was used.</summary>
    public const string ScanMode = "X-LockLLM-Scan-Mode";

    /// <summary>Response: the mode that was used. The official clients read this name, which lacks the brand.</summary>
    public const string UsedScanMode = "X-Scan-Mode";

    /// <summary>Request: what happens to an attack, one of <see cref="ThreatActions"/>.</summary>
    public const string ScanAction = "X-LockLLM-Scan-Action";

    /// <summary>Request: what happens to a policy violation, one of <see cref="ThreatActions"/>.</summary>
    public const string PolicyAction = "X-LockLLM-Policy-Action";

    /// <summary>Request: what happens to automated misuse, one of <see cref="ThreatActions"/>.</summary>
    public const string AbuseAction = "X-LockLLM-Abuse-Action";

    /// <summary>Request: what happens to personal data, one of <see cref="PiiActions"/>.</summary>
    public const string PiiAction = "X-LockLLM-PII-Action";

    /// <summary>Request and response: one of <see cref="SensitivityLevels"/>.</summary>
    public const string Sensitivity = "X-LockLLM-Sensitivity";

    /// <summary>Request: <c>true</c> or <c>false</c>; long text is scanned in pieces either way.</summary>
    public const string Chunk = "X-LockLLM-Chunk";

    /// <summary>Request: model routing, one of <see cref="RouteActions"/>.</summary>
    public const string RouteAction = "X-LockLLM-Route-Action";

    /// <summary>Request: one of <see cref="CompressionMethods"/>.</summary>
    public const string Compression = "X-LockLLM-Compression";

    /// <summary>Request: share of the text to keep, 0.3 to 0.7; may arrive without a method.</summary>
    public const string CompressionRate = "X-LockLLM-Compression-Rate";

    /// <summary>Response: whether the text was scanned, <c>true</c> or <c>false</c>.</summary>
    public const string Scanned = "X-LockLLM-Scanned";

    /// <summary>Response: the verdict, <c>true</c> or <c>false</c>.</summary>
    public const string Safe = "X-LockLLM-Safe";

    /// <summary>Response: <c>1</c> when the text is unsafe, else <c>0</c>.</summary>
    public const string Label = "X-LockLLM-Label";

    /// <summary>Response: <c>true</c> on a refusal by LockLLM; otherwise absent.</summary>
    public const string Blocked = "X-LockLLM-Blocked";

    /// <summary>Response: <c>true</c> when an attack was found, let through or not. Gates the three that follow.</summary>
    public const string ScanWarning = "X-LockLLM-Scan-Warning";

    /// <summary>Response: risk, 0 to 100, with a decimal point.</summary>
    public const string InjectionScore = "X-LockLLM-Injection-Score";

    /// <summary>Response: certainty of the verdict, 0 to 100, with a decimal point.</summary>
    public const string Confidence = "X-LockLLM-Confidence";

    /// <summary>Response: padded standard base64 over ASCII JSON, at most 4 KiB.</summary>
    public const string ScanDetail = "X-LockLLM-Scan-Detail";

    /// <summary>Response: certainty of the policy verdict, 0 to 100.</summary>
    public const string PolicyConfidence = "X-LockLLM-Policy-Confidence";

    /// <summary>Every header of ours but <see cref="RequestId"/> and <see cref="UsedScanMode"/> begins with this; no such header crosses the gateway.</summary>
    public const string Prefix = "X-LockLLM-";

    /// <summary>Response: the status that the provider answered, where it was an error.</summary>
    public const string UpstreamStatus = "X-LockLLM-Upstream-Status";

    /// <summary>Response: the provider's own request id, where its header collides with ours.</summary>
    public const string UpstreamRequestId = "X-LockLLM-Upstream-Request-Id";

    /// <summary>Response: <c>false</c> stops provider clients from repeating a call that will be refused again.</summary>
    public const string ShouldRetry = "x-should-retry";

    /// <summary>Response: whole seconds to wait, at least 1.</summary>
    public const string RetryAfter = "Retry-After";

    /// <summary>What a browser may send across origins.</summary>
    public static IReadOnlyList<string> Requests { get; } =
    [
        "Authorization", "Content-Type", RequestId, Key, XApiKey, ApiKey, GoogleApiKey,
        ScanMode, ScanAction, PolicyAction, AbuseAction, PiiAction, Sensitivity, Chunk, RouteAction, Compression, CompressionRate,
        "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access",
    ];

    /// <summary>What a browser may read across origins.</summary>
    public static IReadOnlyList<string> Responses { get; } =
    [
        RequestId, LockLlmRequestId, Scanned, Safe, UsedScanMode, ScanMode, Sensitivity, Label, Blocked,
        ScanWarning, InjectionScore, Confidence, ScanDetail, PolicyConfidence, UpstreamStatus, UpstreamRequestId, ShouldRetry, RetryAfter,
    ];
}
