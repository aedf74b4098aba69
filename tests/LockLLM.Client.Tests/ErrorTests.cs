using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests;

/// <summary>The table of section 7 of the wire contract, row by row.</summary>
public class ErrorTests
{
    private static async Task<TException> FailAsync<TException>(int status, string body, params (string, string)[] headers)
        where TException : LockLlmException
    {
        await using var server = await StartAsync(status, body, headers.Length > 0 ? headers : [("X-Request-Id", "req_header")]);
        await using var client = server.Client(options => options.MaxRetries = 0);
        var asynchronous = await Assert.ThrowsAsync<TException>(() => client.ScanAsync(WireSamples.Prompt));
        var synchronous = Assert.Throws<TException>(() => client.Scan(WireSamples.Prompt));
        Assert.Equal(asynchronous.ToLogProperties(), synchronous.ToLogProperties());
        Assert.Equal(status, asynchronous.Status);
        return asynchronous;
    }

    [Fact]
    public async Task Prompt_injection()
    {
        var refused = await FailAsync<PromptInjectionException>(400, WireSamples.Injection);
        Assert.Equal(("lockllm_security_error", "prompt_injection_detected", "req_9b1"), (refused.Type, refused.Code, refused.RequestId));
        Assert.Equal((false, 1, 97d, 97d, Sensitivity.Medium), (refused.ScanResult!.IsSafe, refused.ScanResult.Label, refused.ScanResult.Confidence, refused.ScanResult.InjectionScore, refused.ScanResult.Sensitivity));
        Assert.Equal(97d, refused.ToLogProperties()["injection"]);
        Assert.Contains("Request refused: prompt injection. [prompt_injection_detected] (request req_9b1)", refused.ToString(), StringComparison.Ordinal);
        Assert.IsAssignableFrom<RequestRefusedException>(refused);
    }

    [Fact]
    public async Task Policy_violation()
    {
        var refused = await FailAsync<PolicyViolationException>(403, WireSamples.Policy);
        var policy = Assert.Single(refused.ViolatedPolicies);
        Assert.Equal(("Règle α", "Asks for a dose."), (policy.PolicyName, policy.ViolationDetails));
    }

    [Fact]
    public async Task Personal_data()
    {
        var refused = await FailAsync<PiiDetectedException>(403, WireSamples.Pii);
        Assert.Equal("email", Assert.Single(refused.EntityTypes));
        Assert.Equal(1, refused.EntityCount);
    }

    [Fact]
    public async Task Misuse()
    {
        var refused = await FailAsync<AbuseDetectedException>(400, WireSamples.Abuse);
        Assert.Equal((95d, 12d, 8d, 91d), (refused.AbuseDetails!.BotScore, refused.AbuseDetails.RepetitionScore, refused.AbuseDetails.ResourceScore, refused.AbuseDetails.PatternScore));
        Assert.Equal(3, refused.AbuseDetails.Indicators["moon_score"]);
        Assert.Equal("Back off.", refused.RawDetails!.Value.GetProperty("recommendation").GetString());
    }

    [Theory]
    [InlineData("insufficient_credits", "lockllm_balance_error")]
    [InlineData("insufficient_routing_credits", "lockllm_balance_error")]
    [InlineData("no_balance", "lockllm_balance_error")]
    [InlineData("balance_check_failed", "lockllm_balance_error")]
    [InlineData("credits_unavailable", "lockllm_balance_error")]
    [InlineData("invalid_provider_for_credits_mode", "lockllm_balance_error")]
    [InlineData("a_code_of_tomorrow", "lockllm_balance_error")]
    [InlineData("no_balance", "anything")]
    public async Task Credits(string code, string type)
    {
        var body = WireSamples.Balance.Replace("insufficient_credits", code, StringComparison.Ordinal).Replace("lockllm_balance_error", type, StringComparison.Ordinal);
        var failed = await FailAsync<InsufficientCreditsException>(402, body);
        Assert.Equal((0.03m, 0.2m, code, type), (failed.CurrentBalance, failed.EstimatedCost, failed.Code, failed.Type));
    }

    [Theory]
    [InlineData("unauthorized", "authentication_error")]
    [InlineData("unauthorized", "x")]
    [InlineData("x", "authentication_error")]
    public async Task Authentication(string code, string type) =>
        Assert.Equal(code, (await FailAsync<LockLlmAuthenticationException>(401, Error(type, code))).Code);

    [Theory]
    [InlineData("no_upstream_key", "lockllm_config_error")]
    [InlineData("no_byok_key", "lockllm_balance_error")]
    [InlineData("provider_misconfigured", "lockllm_config_error")]
    [InlineData("x", "configuration_error")]
    public async Task Configuration(string code, string type) =>
        Assert.Equal(code, (await FailAsync<LockLlmConfigurationException>(400, Error(type, code))).Code);

    [Fact]
    public async Task Upstream_with_provider_and_status()
    {
        var failed = await FailAsync<LockLlmUpstreamException>(502, WireSamples.Upstream);
        Assert.Equal(("mistral", 0, "provider_error"), (failed.Provider, failed.UpstreamStatus, failed.Code));
    }

    [Fact]
    public async Task What_is_unknown_keeps_type_code_and_status()
    {
        var failed = await FailAsync<LockLlmException>(418, Error("teapot_error", "short_and_stout"));
        Assert.Equal(("teapot_error", "short_and_stout", "why"), (failed.Type, failed.Code, failed.Message));
        Assert.Equal("input_too_long", (await FailAsync<LockLlmException>(413, WireSamples.TooLong)).Code);
        Assert.Equal("internal_error", (await FailAsync<LockLlmException>(500, WireSamples.Internal)).Code);
    }

    [Fact]
    public async Task The_flat_form_is_read_too()
    {
        var limited = await FailAsync<LockLlmRateLimitException>(429, """{"error":"rate_limited","message":"slow down","request_id":"req_flat"}""");
        Assert.Equal(("slow down", "req_flat"), (limited.Message, limited.RequestId));
    }

    [Fact]
    public async Task The_id_comes_from_the_error_else_from_the_header()
    {
        Assert.Equal("req_9b1", (await FailAsync<PromptInjectionException>(400, WireSamples.Injection, ("X-Request-Id", "req_other"))).RequestId);
        Assert.Equal("req_other", (await FailAsync<LockLlmException>(404, Error("a", "b"), ("X-Request-Id", "req_other"))).RequestId);
    }

    private static string Error(string type, string code) => $$$"""{"error":{"type":"{{{type}}}","code":"{{{code}}}","message":"why"}}""";
}
