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

    /// <summary>Request: the token of a signed-in browser's session, with everything that changes something under <c>/api/v1</c>.</summary>
    public const string CsrfToken = "X-LockLLM-CSRF-Token";

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

    /// <summary>Request: what happens to personal data, one of <see cref="PiiActions"/>. Response: what happened.</summary>
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

    /// <summary>Request: whether an answer may come from the cache, <c>true</c> (default) or <c>false</c>.</summary>
    public const string CacheResponse = "X-LockLLM-Cache-Response";

    /// <summary>Request: whole seconds an answer may be kept; <c>0</c> keeps none.</summary>
    public const string CacheTtl = "X-LockLLM-Cache-TTL";

    /// <summary>Request: nickname of the stored provider key to use.</summary>
    public const string ProviderKey = "X-LockLLM-Provider-Key";

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

    /// <summary>Response: who pays, <c>byok</c> or <c>lockllm_credits</c>.</summary>
    public const string CreditsMode = "X-LockLLM-Credits-Mode";

    /// <summary>Response: the provider that answered, one of <see cref="ProviderNames"/>.</summary>
    public const string Provider = "X-LockLLM-Provider";

    /// <summary>Response: the model that answered.</summary>
    public const string Model = "X-LockLLM-Model";

    /// <summary>Response: <c>true</c> when a policy was violated. Gates the two that follow.</summary>
    public const string PolicyWarnings = "X-LockLLM-Policy-Warnings";

    /// <summary>Response: number of violated policies.</summary>
    public const string WarningCount = "X-LockLLM-Warning-Count";

    /// <summary>Response: the violated policies, coded as <see cref="ScanDetail"/>.</summary>
    public const string WarningDetail = "X-LockLLM-Warning-Detail";

    /// <summary>Response: <c>true</c> when misuse was found. Gates the three that follow.</summary>
    public const string AbuseDetected = "X-LockLLM-Abuse-Detected";

    /// <summary>Response: certainty of the misuse, 0 to 100.</summary>
    public const string AbuseConfidence = "X-LockLLM-Abuse-Confidence";

    /// <summary>Response: kinds of misuse, joined by commas.</summary>
    public const string AbuseTypes = "X-LockLLM-Abuse-Types";

    /// <summary>Response: the misuse, coded as <see cref="ScanDetail"/>.</summary>
    public const string AbuseDetail = "X-LockLLM-Abuse-Detail";

    /// <summary>Response: whether personal data was found; absent where it was not looked for.</summary>
    public const string PiiDetected = "X-LockLLM-PII-Detected";

    /// <summary>Response: kinds of personal data, joined by commas.</summary>
    public const string PiiTypes = "X-LockLLM-PII-Types";

    /// <summary>Response: number of pieces of personal data.</summary>
    public const string PiiCount = "X-LockLLM-PII-Count";

    /// <summary>Response: one of <see cref="CompressionMethods"/>. Gates the two that follow.</summary>
    public const string CompressionMethod = "X-LockLLM-Compression-Method";

    /// <summary>Response: whether the text was shortened.</summary>
    public const string CompressionApplied = "X-LockLLM-Compression-Applied";

    /// <summary>Response: new length divided by the old one.</summary>
    public const string CompressionRatio = "X-LockLLM-Compression-Ratio";

    /// <summary>Response: <c>true</c> when another model was considered. Gates the twelve that follow.</summary>
    public const string RouteEnabled = "X-LockLLM-Route-Enabled";

    /// <summary>Response: kind of task.</summary>
    public const string TaskType = "X-LockLLM-Task-Type";

    /// <summary>Response: complexity of the task, 0 to 1.</summary>
    public const string Complexity = "X-LockLLM-Complexity";

    /// <summary>Response: the model chosen.</summary>
    public const string SelectedModel = "X-LockLLM-Selected-Model";

    /// <summary>Response: why it was chosen.</summary>
    public const string RoutingReason = "X-LockLLM-Routing-Reason";

    /// <summary>Response: the provider asked for.</summary>
    public const string OriginalProvider = "X-LockLLM-Original-Provider";

    /// <summary>Response: the model asked for.</summary>
    public const string OriginalModel = "X-LockLLM-Original-Model";

    /// <summary>Response: US dollars saved by routing, estimated.</summary>
    public const string EstimatedSavings = "X-LockLLM-Estimated-Savings";

    /// <summary>Response: US dollars the model asked for would have cost, estimated.</summary>
    public const string EstimatedOriginalCost = "X-LockLLM-Estimated-Original-Cost";

    /// <summary>Response: US dollars the chosen model costs, estimated.</summary>
    public const string EstimatedRoutedCost = "X-LockLLM-Estimated-Routed-Cost";

    /// <summary>Response: tokens of the prompt, estimated.</summary>
    public const string EstimatedInputTokens = "X-LockLLM-Estimated-Input-Tokens";

    /// <summary>Response: tokens of the answer, estimated.</summary>
    public const string EstimatedOutputTokens = "X-LockLLM-Estimated-Output-Tokens";

    /// <summary>Response: why a fee was taken, or none.</summary>
    public const string RoutingFeeReason = "X-LockLLM-Routing-Fee-Reason";

    /// <summary>Response: US dollars set aside for the call.</summary>
    public const string CreditsReserved = "X-LockLLM-Credits-Reserved";

    /// <summary>Response: US dollars set aside as routing fee.</summary>
    public const string RoutingFeeReserved = "X-LockLLM-Routing-Fee-Reserved";

    /// <summary>Response: US dollars paid; absent on streams.</summary>
    public const string CreditsDeducted = "X-LockLLM-Credits-Deducted";

    /// <summary>Response: US dollars left; absent on streams.</summary>
    public const string BalanceAfter = "X-LockLLM-Balance-After";

    /// <summary>Response: <c>HIT</c> or <c>MISS</c>.</summary>
    public const string CacheStatus = "X-LockLLM-Cache-Status";

    /// <summary>Response: age of the cached answer in whole seconds.</summary>
    public const string CacheAge = "X-LockLLM-Cache-Age";

    /// <summary>Response: tokens not bought thanks to the cache.</summary>
    public const string TokensSaved = "X-LockLLM-Tokens-Saved";

    /// <summary>Response: US dollars not spent thanks to the cache.</summary>
    public const string CostSaved = "X-LockLLM-Cost-Saved";

    /// <summary>Every header of ours but <see cref="RequestId"/> and <see cref="UsedScanMode"/> begins with this; no such header crosses the gateway.</summary>
    public const string Prefix = "X-LockLLM-";

    /// <summary>Response: the status that the provider answered, where it was an error.</summary>
    public const string UpstreamStatus = "X-LockLLM-Upstream-Status";

    /// <summary>Response: the provider's own request id, where its header collides with ours.</summary>
    public const string UpstreamRequestId = "X-LockLLM-Upstream-Request-Id";

    /// <summary>Response of the proxy: texts of the request that were dealt with.</summary>
    public const string ScannedParts = "X-LockLLM-Scanned-Parts";

    /// <summary>Response of the proxy: Unicode scalar values of the texts scanned, now or in an earlier call.</summary>
    public const string ScannedChars = "X-LockLLM-Scanned-Chars";

    /// <summary>Response of the proxy: texts among them that an earlier call had brought and that were not scanned again.</summary>
    public const string RememberedParts = "X-LockLLM-Remembered-Parts";

    /// <summary>Response of the proxy: texts that were refused in an earlier turn and not sent to the provider.</summary>
    public const string WithheldParts = "X-LockLLM-Withheld-Parts";

    /// <summary>Response of the proxy: content that is no text, by kind, such as <c>image=2,file=1</c>.</summary>
    public const string Unscanned = "X-LockLLM-Unscanned";

    /// <summary>Response of the proxy: where the application or the model itself says what would be an attack from a user, such as <c>system</c>.</summary>
    public const string ContextWarning = "X-LockLLM-Context-Warning";

    /// <summary>Response: <c>true</c> when a header asked for less than the account holds fast to, and was not followed.</summary>
    public const string Locked = "X-LockLLM-Locked";

    /// <summary>Response: <see cref="RequestId"/> under the name that Anthropic's clients read.</summary>
    public const string AnthropicRequestId = "request-id";

    /// <summary>Response: <c>false</c> stops provider clients from repeating a call that will be refused again.</summary>
    public const string ShouldRetry = "x-should-retry";

    /// <summary>Response: whole seconds to wait, at least 1.</summary>
    public const string RetryAfter = "Retry-After";

    /// <summary>Response: requests allowed in 60 seconds, of whichever of account and key has the least left.</summary>
    public const string RateLimitLimit = "X-RateLimit-Limit";

    /// <summary>Response: requests left of them.</summary>
    public const string RateLimitRemaining = "X-RateLimit-Remaining";

    /// <summary>Response: when there will be one more, in epoch seconds.</summary>
    public const string RateLimitReset = "X-RateLimit-Reset";

    /// <summary>Response: the limit in the form of the IETF draft, such as <c>"default";q=1000;w=60</c>.</summary>
    public const string RateLimitPolicy = "RateLimit-Policy";

    /// <summary>Response: what is left in the form of the IETF draft, such as <c>"default";r=999;t=60</c>.</summary>
    public const string RateLimit = "RateLimit";

    /// <summary>Response: <see cref="RateLimitLimit"/> under the name that OpenAI's clients know; a provider's own takes its place.</summary>
    public const string RateLimitLimitRequests = "x-ratelimit-limit-requests";

    /// <summary>Response: <see cref="RateLimitRemaining"/> in the same way.</summary>
    public const string RateLimitRemainingRequests = "x-ratelimit-remaining-requests";

    /// <summary>Response: the wait until there is one more, such as <c>7s</c>.</summary>
    public const string RateLimitResetRequests = "x-ratelimit-reset-requests";

    /// <summary>What a browser may send across origins.</summary>
    public static IReadOnlyList<string> Requests { get; } =
    [
        "Authorization", "Content-Type", RequestId, Key, XApiKey, ApiKey, GoogleApiKey,
        ScanMode, ScanAction, PolicyAction, AbuseAction, PiiAction, Sensitivity, Chunk, RouteAction, Compression, CompressionRate,
        CacheResponse, CacheTtl, ProviderKey,
        "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access",
    ];

    /// <summary>What a browser may read across origins.</summary>
    public static IReadOnlyList<string> Responses { get; } =
    [
        RequestId, LockLlmRequestId, Scanned, Safe, UsedScanMode, ScanMode, Sensitivity, Label, Blocked,
        ScanWarning, InjectionScore, Confidence, ScanDetail, PolicyConfidence, UpstreamStatus, UpstreamRequestId,
        ScannedParts, ScannedChars, RememberedParts, WithheldParts, Unscanned, ContextWarning, Locked, AnthropicRequestId, ShouldRetry, RetryAfter,
        RateLimitLimit, RateLimitRemaining, RateLimitReset, RateLimitPolicy, RateLimit, RateLimitLimitRequests, RateLimitRemainingRequests, RateLimitResetRequests,
        CreditsMode, Provider, Model, PolicyWarnings, WarningCount, WarningDetail, AbuseDetected, AbuseConfidence, AbuseTypes, AbuseDetail,
        PiiDetected, PiiTypes, PiiCount, PiiAction, CompressionMethod, CompressionApplied, CompressionRatio,
        RouteEnabled, TaskType, Complexity, SelectedModel, RoutingReason, OriginalProvider, OriginalModel,
        EstimatedSavings, EstimatedOriginalCost, EstimatedRoutedCost, EstimatedInputTokens, EstimatedOutputTokens, RoutingFeeReason,
        CreditsReserved, RoutingFeeReserved, CreditsDeducted, BalanceAfter, CacheStatus, CacheAge, TokensSaved, CostSaved,
    ];
}
