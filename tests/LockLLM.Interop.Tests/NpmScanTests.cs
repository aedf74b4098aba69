using System.Text.Json;
using LockLLM.Gateway.Tests;

namespace LockLLM.Interop.Tests;

/// <summary>The scan rows of the conformance list, with the official npm package against a real port.</summary>
public sealed class NpmScanTests(RunningGateway gateway) : IClassFixture<RunningGateway>
{
    [Fact]
    public async Task A_harmless_prompt_resolves_as_safe()
    {
        var told = await ScanAsync(new { input = Prompts.Harmless });
        var result = told.GetProperty("result");
        Assert.True(result.GetProperty("safe").GetBoolean());
        Assert.Equal(0, result.GetProperty("label").GetInt32());
        Assert.InRange(result.GetProperty("injection").GetDouble(), 0, 49.9);
        Assert.True(result.TryGetProperty("policy_confidence", out _));
        Assert.Equal(2, result.GetProperty("usage").GetProperty("requests").GetInt32());
        Assert.Equal(Prompts.Harmless.Length, result.GetProperty("usage").GetProperty("input_chars").GetInt32());
        Assert.Equal(Wire(told).GetProperty("headers").GetProperty("x-request-id").GetString(), result.GetProperty("request_id").GetString());
        Assert.Equal("application/json", Wire(told).GetProperty("headers").GetProperty("content-type").GetString());
    }

    [Fact]
    public async Task An_attack_resolves_with_a_warning()
    {
        var told = await ScanAsync(new { input = Prompts.Attack });
        var result = told.GetProperty("result");
        Assert.False(result.GetProperty("safe").GetBoolean());
        Assert.InRange(result.GetProperty("scan_warning").GetProperty("injection_score").GetDouble(), 1.1, 100);
        Assert.Equal(1, result.GetProperty("scan_warning").GetProperty("label").GetInt32());
    }

    [Fact]
    public async Task The_clients_own_parser_reads_the_headers()
    {
        var metadata = (await ScanAsync(new { input = Prompts.Attack, sensitivity = "high" })).GetProperty("metadata");
        Assert.True(metadata.GetProperty("scanned").GetBoolean());
        Assert.False(metadata.GetProperty("safe").GetBoolean());
        Assert.Equal("combined", metadata.GetProperty("scan_mode").GetString());
        Assert.Equal("high", metadata.GetProperty("sensitivity").GetString());
        Assert.Equal(1, metadata.GetProperty("label").GetInt32());
        var warning = metadata.GetProperty("scan_warning");
        Assert.InRange(warning.GetProperty("injection_score").GetDouble(), 50, 100);
        var detail = warning.GetProperty("detail");
        Assert.Equal(JsonValueKind.String, detail.ValueKind);
        Assert.Equal(1, JsonDocument.Parse(Convert.FromBase64String(detail.GetString()!)).RootElement.GetProperty("label").GetInt32());
    }

    [Theory]
    [InlineData("combined")]
    [InlineData("normal")]
    public async Task A_blocked_attack_rejects_with_the_verdict_and_is_sent_once(string mode)
    {
        var told = await ScanAsync(new { input = Prompts.Attack, mode }, new { scanAction = "block" });
        var error = told.GetProperty("error");
        Assert.Equal("PromptInjectionError", error.GetProperty("class").GetString());
        Assert.Equal(400, error.GetProperty("status").GetInt32());
        var body = JsonDocument.Parse(Wire(told).GetProperty("body").GetString()!).RootElement.GetProperty("error");
        Assert.Equal(body.GetProperty("request_id").GetString(), error.GetProperty("requestId").GetString());
        var verdict = error.GetProperty("scanResult");
        foreach (var field in (string[])["safe", "label", "confidence", "injection", "sensitivity"])
        {
            Assert.Equal(body.GetProperty("scan_result").GetProperty(field).ToString(), verdict.GetProperty(field).ToString());
        }
    }

    [Fact]
    public async Task A_harmless_prompt_passes_a_blocking_call() =>
        Assert.True((await ScanAsync(new { input = Prompts.Harmless }, new { scanAction = "block" })).GetProperty("result").GetProperty("safe").GetBoolean());

    [Fact]
    public async Task Normal_mode_leaves_policies_out()
    {
        var result = (await ScanAsync(new { input = Prompts.Harmless, mode = "normal" })).GetProperty("result");
        Assert.False(result.TryGetProperty("policy_confidence", out _));
        Assert.Equal(1, result.GetProperty("usage").GetProperty("requests").GetInt32());
    }

    [Theory]
    [InlineData("low")]
    [InlineData("medium")]
    [InlineData("high")]
    public async Task Version_1_0_is_served_from_its_body_alone(string sensitivity)
    {
        var result = (await NodeScripts.RunAsync("scan-1.0.cjs", new { gateway.Base, RunningGateway.Key, request = new { input = Prompts.Harmless, sensitivity } })).GetProperty("result");
        Assert.True(result.GetProperty("safe").GetBoolean());
        Assert.Equal(sensitivity, result.GetProperty("sensitivity").GetString());
    }

    [Fact]
    public async Task A_long_text_is_chunked_and_counted_exactly()
    {
        var result = (await ScanAsync(new { input = Prompts.Long(10_000), chunk = true })).GetProperty("result");
        Assert.Equal(10_000, result.GetProperty("usage").GetProperty("input_chars").GetInt32());
        Assert.Equal("chunked", result.GetProperty("debug").GetProperty("mode").GetString());
    }

    [Fact]
    public async Task The_empty_text_is_safe() =>
        Assert.Equal(0, (await ScanAsync(new { input = "" })).GetProperty("result").GetProperty("usage").GetProperty("input_chars").GetInt32());

    [Fact]
    public async Task A_trailing_slash_in_the_base_works() =>
        Assert.True((await NodeScripts.RunAsync("scan.cjs", new { Base = gateway.Base + "/", RunningGateway.Key, request = new { input = "a" } })).TryGetProperty("result", out _));

    [Fact]
    public async Task A_wrong_key_is_an_authentication_error_after_one_call()
    {
        var told = await NodeScripts.RunAsync("scan.cjs", new { gateway.Base, key = "llm_wrong", request = new { input = "a" } });
        var error = told.GetProperty("error");
        Assert.Equal("AuthenticationError", error.GetProperty("class").GetString());
        Assert.Equal(401, error.GetProperty("status").GetInt32());
        Assert.Equal(Wire(told).GetProperty("headers").GetProperty("x-request-id").GetString(), error.GetProperty("requestId").GetString());
    }

    [Fact]
    public async Task What_this_version_cannot_do_is_a_plain_error_that_says_so()
    {
        var error = (await ScanAsync(new { input = "a" }, new { piiAction = "strip" })).GetProperty("error");
        Assert.Equal("LockLLMError", error.GetProperty("class").GetString());
        Assert.Equal("feature_unavailable", error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    private Task<JsonElement> ScanAsync(object request, object? options = null) =>
        NodeScripts.RunAsync("scan.cjs", new { gateway.Base, RunningGateway.Key, request, options });

    // Exactly one call each: the client repeats 429s and broken connections by itself.
    private static JsonElement Wire(JsonElement told) => Assert.Single(told.GetProperty("wire").EnumerateArray());
}
