namespace LockLLM.Client.Tests;

/// <summary>Answers as the wire contract words them.</summary>
internal static class WireSamples
{
    public const string Prompt = "the prompt that must never show up in a message of any exception";

    public const string Safe = """{"request_id":"req_7Qm2","safe":true,"label":0,"confidence":97.4,"injection":2.6,"policy_confidence":99.1,"sensitivity":"medium","usage":{"requests":2,"input_chars":41},"debug":{"duration_ms":38,"inference_ms":31,"mode":"single"}}""";

    public const string Injection = """{"type":"error","error":{"type":"lockllm_security_error","code":"prompt_injection_detected","message":"Request refused: prompt injection.","request_id":"req_9b1","status":400,"scan_result":{"safe":false,"label":1,"confidence":97,"injection":97,"sensitivity":"medium"}},"request_id":"req_9b1"}""";
    public const string Policy = """{"type":"error","error":{"type":"lockllm_policy_error","code":"policy_violation","message":"Request refused by a content policy.","request_id":"req_9b2","status":403,"violated_policies":[{"policy_name":"Règle α","violated_categories":[{"name":"Dosage advice"}],"violation_details":"Asks for a dose."}]},"request_id":"req_9b2"}""";
    public const string Pii = """{"type":"error","error":{"type":"lockllm_pii_error","code":"pii_detected","message":"Request refused: personal data found.","request_id":"req_9b3","status":403,"pii_details":{"entity_types":["email"],"entity_count":1}},"request_id":"req_9b3"}""";
    public const string Abuse = """{"type":"error","error":{"type":"lockllm_abuse_error","code":"abuse_detected","message":"Request refused: automated misuse.","request_id":"req_9b4","status":400,"abuse_details":{"confidence":93,"abuse_types":["bot_generated","rapid_requests"],"indicators":{"bot_score":95,"repetition_score":12,"resource_score":8,"pattern_score":91,"moon_score":3},"recommendation":"Back off."}},"request_id":"req_9b4"}""";
    public const string Balance = """{"type":"error","error":{"type":"lockllm_balance_error","code":"insufficient_credits","message":"Balance too low.","request_id":"req_9b5","status":402,"current_balance":0.03,"estimated_cost":0.2},"request_id":"req_9b5"}""";
    public const string Unauthorized = """{"type":"error","error":{"type":"authentication_error","code":"unauthorized","message":"API key not accepted.","request_id":"req_9b6","status":401},"request_id":"req_9b6"}""";
    public const string RateLimited = """{"type":"error","error":{"type":"rate_limit_error","code":"rate_limited","message":"1,000 requests per minute exceeded.","request_id":"req_9b7","status":429,"retry_after":7000},"request_id":"req_9b7"}""";
    public const string NoKey = """{"type":"error","error":{"type":"lockllm_config_error","code":"no_upstream_key","message":"No key is stored for provider groq.","request_id":"req_9b8","status":400,"provider":"groq"},"request_id":"req_9b8"}""";
    public const string Upstream = """{"type":"error","error":{"type":"upstream_error","code":"provider_error","message":"Provider did not answer.","request_id":"req_9b9","status":502,"provider":"mistral","upstream_status":0},"request_id":"req_9b9"}""";
    public const string TooLong = """{"type":"error","error":{"type":"invalid_request_error","code":"input_too_long","message":"Input exceeds 100000 characters.","param":"input","request_id":"req_9c0","status":413,"max_chars":100000,"input_chars":120044},"request_id":"req_9c0"}""";
    public const string Internal = """{"type":"error","error":{"type":"api_error","code":"internal_error","message":"Unexpected failure.","param":null,"request_id":"req_9c3","status":500},"request_id":"req_9c3"}""";

    /// <summary>Headers of a call that everything happened to.</summary>
    public static readonly (string Name, string Value)[] AllHeaders =
    [
        ("X-Request-Id", "req_8Aa1"), ("X-LockLLM-Request-ID", "req_8Aa1"), ("X-LockLLM-Scanned", "true"), ("X-LockLLM-Safe", "false"), ("X-Scan-Mode", "normal"),
        ("X-LockLLM-Credits-Mode", "lockllm_credits"), ("X-LockLLM-Provider", "openai"), ("X-LockLLM-Model", "gpt-4"),
        ("X-LockLLM-Sensitivity", "high"), ("X-LockLLM-Label", "1"), ("X-LockLLM-Policy-Confidence", "92.5"), ("X-LockLLM-Blocked", "true"),
        ("X-LockLLM-Scan-Warning", "true"), ("X-LockLLM-Injection-Score", "83.5"), ("X-LockLLM-Confidence", "83.5"),
        ("X-LockLLM-Scan-Detail", "eyJtZXNzYWdlIjoib3ZlcnJpZGUiLCJsYWJlbCI6MX0="),
        ("X-LockLLM-Policy-Warnings", "true"), ("X-LockLLM-Warning-Count", "2"), ("X-LockLLM-Warning-Detail", Base64("""[{"policy_name":"R\u00e8gle \u03b1","violated_categories":[{"name":"a"}]}]""")),
        ("X-LockLLM-Abuse-Detected", "true"), ("X-LockLLM-Abuse-Confidence", "91"), ("X-LockLLM-Abuse-Types", "repetition,rapid_requests"),
        ("X-LockLLM-Abuse-Detail", Base64("""{"confidence":91,"abuse_types":["repetition"],"recommendation":"Back off."}""")),
        ("X-LockLLM-PII-Detected", "true"), ("X-LockLLM-PII-Types", "email,credit_card"), ("X-LockLLM-PII-Count", "3"), ("X-LockLLM-PII-Action", "strip"),
        ("X-LockLLM-Compression-Method", "compact"), ("X-LockLLM-Compression-Applied", "true"), ("X-LockLLM-Compression-Ratio", "0.753"),
        ("X-LockLLM-Route-Enabled", "true"), ("X-LockLLM-Task-Type", "Code Generation"), ("X-LockLLM-Complexity", "0.34"),
        ("X-LockLLM-Original-Provider", "openai"), ("X-LockLLM-Original-Model", "gpt-4"), ("X-LockLLM-Selected-Model", "small-model"), ("X-LockLLM-Routing-Reason", "medium tier rule"),
        ("X-LockLLM-Estimated-Original-Cost", "0.0124"), ("X-LockLLM-Estimated-Routed-Cost", "0.0011"), ("X-LockLLM-Estimated-Savings", "0.0113"),
        ("X-LockLLM-Estimated-Input-Tokens", "310"), ("X-LockLLM-Estimated-Output-Tokens", "200"), ("X-LockLLM-Routing-Fee-Reason", "cost_savings"),
        ("X-LockLLM-Routing-Fee-Reserved", "0.000565"), ("X-LockLLM-Credits-Reserved", "0.02"), ("X-LockLLM-Credits-Deducted", "0.001765"), ("X-LockLLM-Balance-After", "41.998235"),
        ("X-LockLLM-Cache-Status", "HIT"), ("X-LockLLM-Cache-Age", "212"), ("X-LockLLM-Tokens-Saved", "840"), ("X-LockLLM-Cost-Saved", "0.0042"),
    ];

    /// <summary>Headers of an everyday call.</summary>
    public static readonly (string Name, string Value)[] PlainHeaders =
    [
        ("X-Request-Id", "req_8Aa2"), ("X-LockLLM-Scanned", "true"), ("X-LockLLM-Safe", "true"), ("X-Scan-Mode", "combined"), ("X-LockLLM-Credits-Mode", "byok"),
        ("X-LockLLM-Provider", "openai"), ("X-LockLLM-Model", "gpt-4"), ("X-LockLLM-Sensitivity", "medium"), ("X-LockLLM-Label", "0"),
        ("X-LockLLM-Policy-Confidence", "99"), ("X-LockLLM-PII-Detected", "false"), ("X-LockLLM-PII-Action", "block"), ("X-LockLLM-Cache-Status", "MISS"),
    ];

    private static string Base64(string ascii) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(ascii));
}
