using System.Net;
using System.Net.Http.Headers;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Proxy;

namespace LockLLM.Gateway.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task The_page_for_prometheus_tells_how_the_gateway_is_doing()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        proxied.Gateway.StartKestrel();
        proxied.Provider.Answer = FakeProvider.Json("""{"id":"1","object":"chat.completion","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}""");
        using var caller = proxied.CreateCaller();
        await (await caller.ScanAsync("""{"input":"red violet"}""")).VerdictAsync();
        using var forwarded = await caller.PostAsync("openai/v1/chat/completions", """{"model":"gpt-5","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(HttpStatusCode.OK, forwarded.StatusCode);

        using var reader = proxied.Gateway.CreateClient();
        string page;
        var tries = 0;
        do
        {
            // The record of a call is made after its answer was sent, and a page is kept for a moment.
            Assert.True(tries++ < 600, "no record of the call in a minute");
            await Task.Delay(100);
            page = await reader.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        }
        while (!page.Contains("gen_ai_client_token_usage", StringComparison.Ordinal) || !page.Contains("kind=\"proxy_request\"", StringComparison.Ordinal));

        string[] expected =
        [
            "lockllm_requests", "lockllm_verdicts", "lockllm_request_duration", "lockllm_scan_duration", "lockllm_prompt_length", "lockllm_records_waiting", "lockllm_records_dropped",
            "lockllm_limits_degraded", "lockllm_limits_nodes", "lockllm_upstream_calls", "lockllm_upstream_up", "lockllm_build", "http_server_request_duration", "gen_ai_client_operation_duration",
        ];
        Assert.All(expected, name => Assert.Contains("\n" + name, page, StringComparison.Ordinal));
        foreach (var dependency in (string[])["detector", "database", "shared_counters"])
        {
            Assert.Matches($@"(?m)^lockllm_dependency_up\{{[^}}]*dependency=""{dependency}""[^}}]*\}} 1(\s|$)", page);
        }

        Assert.Matches(@"(?m)^lockllm_verdicts_total\{[^}]*safe=""false""[^}]*\} [1-9]", page);
        Assert.DoesNotContain("gpt-5", page, StringComparison.Ordinal);
        Assert.DoesNotContain("acc_", page, StringComparison.Ordinal);
        Assert.DoesNotContain("key_", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, null, true)]
    [InlineData(null, null, null, "X-Forwarded-For", false)]
    [InlineData(null, null, null, "Via", false)]
    [InlineData("violet-violet-violet", null, null, null, false)]
    [InlineData("violet-violet-violet", null, "violet-violet-viole", null, false)]
    [InlineData("violet-violet-violet", null, "violet-violet-violet", null, true)]
    [InlineData(null, "127.0.0.1", null, null, true)]
    [InlineData(null, "203.0.113.0/24", null, null, false)]
    [InlineData("violet-violet-violet", "203.0.113.0/24", "violet-violet-violet", null, false)]
    public async Task Only_those_may_read_who_are_named_or_else_this_machine(string? token, string? network, string? given, string? forwarding, bool isAllowed)
    {
        using var gateway = new GatewayFactory();
        if (token is not null)
        {
            gateway.Settings["LockLLM:Metrics:Token"] = token;
        }

        if (network is not null)
        {
            gateway.Settings["LockLLM:Metrics:AllowedNetworks:0"] = network;
        }

        gateway.StartKestrel();
        using var reader = gateway.CreateClient();
        reader.DefaultRequestHeaders.Authorization = given is null ? null : new AuthenticationHeaderValue("Bearer", given);
        if (forwarding is not null)
        {
            reader.DefaultRequestHeaders.TryAddWithoutValidation(forwarding, "203.0.113.7");
        }

        using var response = await reader.GetAsync(new Uri("/metrics", UriKind.Relative));
        if (isAllowed)
        {
            Assert.Equal((HttpStatusCode.OK, "text/plain"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
        else
        {
            await response.ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task Without_metrics_there_is_no_page()
    {
        using var gateway = new GatewayFactory { Settings = { ["LockLLM:Metrics:Enabled"] = "false" } };
        gateway.StartKestrel();
        using var response = await gateway.CreateClient().GetAsync(new Uri("/metrics", UriKind.Relative));
        await response.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_dependency_that_is_gone_is_named_and_requests_go_on()
    {
        // Port 9 of this machine: nobody there.
        using var gateway = new GatewayFactory { Settings = { ["LockLLM:Redis:ConnectionString"] = "127.0.0.1:9,connectTimeout=200", ["LockLLM:RateLimit:RequestsPerMinute"] = "2" } };
        gateway.StartKestrel();
        using var client = gateway.CreateCaller();
        using var ready = await client.GetAsync(new Uri("/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        var body = await ready.JsonAsync();
        Assert.Equal("degraded", body.GetProperty("status").GetString());
        Assert.Equal("down", body.GetProperty("dependencies").GetProperty("shared_counters").GetString());
        Assert.Equal("up", body.GetProperty("dependencies").GetProperty("database").GetString());
        Assert.Matches(@"(?m)^lockllm_limits_degraded\{[^}]*\} 1(\s|$)", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

        await (await client.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        await (await client.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        using var refused = await client.ScanAsync("""{"input":"a"}""");
        await refused.ErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.Equal("2", refused.Header(HeaderNames.RateLimitLimit));
    }
}
