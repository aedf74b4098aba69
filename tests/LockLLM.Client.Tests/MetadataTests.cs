using System.Text.Json;
using LockLLM.Interop.Tests;

namespace LockLLM.Client.Tests;

public class MetadataTests
{
    [Fact]
    public async Task The_npm_parser_reads_the_same_from_the_same_answers()
    {
        await NodeScripts.InstallAsync();
        foreach (var headers in ((string, string)[][])[WireSamples.AllHeaders, WireSamples.PlainHeaders, []])
        {
            await using var server = await ScriptedServer.StartAsync(200, "{}", headers);
            using var http = new HttpClient(new SocketsHttpHandler());
            using var answer = await http.GetAsync(server.Address);
            await AssertSameAsNpmAsync(ProxyMetadata.Parse(answer.Headers), server.Address);
        }
    }

    internal static async Task AssertSameAsNpmAsync(ProxyMetadata ours, Uri address)
    {
        var theirs = await NodeScripts.RunAsync("metadata.cjs", new { url = address });
        Assert.Equal(theirs.ToString(), JsonSerializer.Serialize(InTheShapeOfNpm(ours), s_shape));
    }

    [Fact]
    public void Names_compare_without_regard_to_case_and_defaults_fill_the_gaps()
    {
        var metadata = ProxyMetadata.Parse(new Dictionary<string, string> { ["x-LOCKLLM-scanned"] = "true", ["X-LockLLM-Safe"] = "True" });
        Assert.Equal((true, false, "combined", "byok", "", ""), (metadata.Scanned, metadata.Safe, metadata.ScanMode, metadata.CreditsMode, metadata.Provider, metadata.RequestId));
    }

    [Fact]
    public void What_cannot_be_read_is_null()
    {
        var odd = WireSamples.AllHeaders.Select(header => KeyValuePair.Create(header.Name, header.Value is "true" || header.Name.Contains("Method", StringComparison.Ordinal) ? header.Value : "1,5 \u00e9 x"));
        var metadata = ProxyMetadata.Parse(odd);
        Assert.All(new object?[]
        {
            metadata.Label, metadata.PolicyConfidence, metadata.ScanWarning!.InjectionScore, metadata.PolicyWarnings!.Count, metadata.AbuseDetected!.Confidence, metadata.PiiDetected!.EntityCount,
            metadata.Compression!.Ratio, metadata.Routing!.Complexity, metadata.Routing.EstimatedInputTokens, metadata.CreditsReserved, metadata.CacheAge, metadata.TokensSaved, metadata.CostSaved,
            metadata.ScanDetail, metadata.PolicyDetail, metadata.AbuseDetail,
        }, Assert.Null);
    }

    [Theory]
    [InlineData("eyJhIjoxfQ==", "{\"a\":1}")]
    [InlineData("eyJhIjoxfQ", "{\"a\":1}")]
    [InlineData("IsOpIg==", "\"\u00e9\"")] // UTF-8
    [InlineData("Iuki", "\"\u00e9\"")] // Latin-1
    [InlineData("", null)]
    [InlineData("!!!", null)]
    [InlineData("eyJhIjo=", null)]
    public void Details_decode_with_tolerance(string coded, string? json)
    {
        var detail = ProxyMetadata.DecodeDetail(coded);
        Assert.Equal(json is null ? null : JsonDocument.Parse(json).RootElement.ToString(), detail?.ToString());
    }

    [Fact]
    public void What_only_our_gateway_tells_is_read()
    {
        var metadata = ProxyMetadata.Parse(new Dictionary<string, string>
        {
            ["X-LockLLM-Locked"] = "true", ["X-LockLLM-Scanned-Parts"] = "4", ["X-LockLLM-Scanned-Chars"] = "1200", ["X-LockLLM-Remembered-Parts"] = "3",
            ["X-LockLLM-Withheld-Parts"] = "1", ["X-LockLLM-Unscanned"] = "image=2", ["X-LockLLM-Context-Warning"] = "system", ["X-LockLLM-Upstream-Status"] = "529",
        });
        Assert.Equal(
            (true, 4, 1200L, 3, 1, "image=2", "system", 529),
            (metadata.Locked, metadata.ScannedParts!.Value, metadata.ScannedChars!.Value, metadata.RememberedParts!.Value, metadata.WithheldParts!.Value, metadata.Unscanned, metadata.ContextWarning, metadata.UpstreamStatus!.Value));
    }

    [Fact]
    public void Repeated_names_do_not_throw() =>
        Assert.Equal("a, b", ProxyMetadata.Parse([KeyValuePair.Create("X-LockLLM-Model", "a"), KeyValuePair.Create("x-lockllm-model", "b")]).Model);

    private static readonly JsonSerializerOptions s_shape = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static object InTheShapeOfNpm(ProxyMetadata ours) => new
    {
        request_id = ours.RequestId,
        scanned = ours.Scanned,
        safe = ours.Safe,
        scan_mode = ours.ScanMode,
        credits_mode = ours.CreditsMode,
        provider = ours.Provider,
        model = ours.Model,
        sensitivity = ours.Sensitivity,
        label = ours.Label,
        blocked = ours.Blocked ? true : (bool?)null,
        scan_warning = ours.ScanWarning is { } scan ? new { injection_score = scan.InjectionScore, confidence = scan.Confidence } : null,
        policy_warnings = ours.PolicyWarnings is { } policy ? new { count = policy.Count, confidence = policy.Confidence } : null,
        abuse_detected = ours.AbuseDetected is { } abuse ? new { confidence = abuse.Confidence, types = string.Join(',', abuse.Types) } : null,
        pii_detected = ours.PiiDetected is { } pii ? new { detected = pii.Detected, entity_types = string.Join(',', pii.EntityTypes), entity_count = pii.EntityCount ?? 0, action = pii.Action ?? "" } : null,
        routing = ours.Routing is { } routing
            ? new
            {
                enabled = true,
                task_type = routing.TaskType,
                complexity = routing.Complexity,
                selected_model = routing.SelectedModel,
                routing_reason = routing.Reason,
                original_provider = routing.OriginalProvider,
                original_model = routing.OriginalModel,
                estimated_savings = routing.EstimatedSavings,
                estimated_original_cost = routing.EstimatedOriginalCost,
                estimated_routed_cost = routing.EstimatedRoutedCost,
                estimated_input_tokens = routing.EstimatedInputTokens,
                estimated_output_tokens = routing.EstimatedOutputTokens,
                routing_fee_reason = routing.FeeReason,
            }
            : null,
        credits_reserved = ours.CreditsReserved,
        routing_fee_reserved = ours.RoutingFeeReserved,
        cache_status = ours.CacheStatus,
        cache_age = ours.CacheAge?.TotalSeconds,
        tokens_saved = ours.TokensSaved,
        cost_saved = ours.CostSaved,
        credits_deducted = ours.CreditsDeducted,
        balance_after = ours.BalanceAfter,
        compression = ours.Compression is { } compression ? new { method = compression.Method, applied = compression.Applied, ratio = compression.Ratio } : null,
        scan_detail = ours.ScanDetail,
        policy_detail = ours.PolicyDetail,
        abuse_detail = ours.AbuseDetail,
    };
}
