using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Limits;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage.Entities;
using LockLLM.Gateway.Tests.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LockLLM.Gateway.Tests.Limits;

public sealed class RateLimitTests
{
    private const string Text = """{"input":"How do I descale a kettle?"}""";

    [Fact]
    public async Task Over_the_limit_the_answer_is_429_in_the_shape_of_the_wire()
    {
        using var gateway = new GatewayFactory { Settings = { ["LockLLM:RateLimit:RequestsPerMinute"] = "3" } };
        using var client = gateway.CreateCaller();
        for (var left = 2; left >= 0; left--)
        {
            using var answer = await client.ScanAsync(Text);
            Assert.NotEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
            var text = left.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(("3", text, "3", text), (Header(answer, HeaderNames.RateLimitLimit), Header(answer, HeaderNames.RateLimitRemaining), Header(answer, HeaderNames.RateLimitLimitRequests), Header(answer, HeaderNames.RateLimitRemainingRequests)));
            Assert.Equal("\"default\";q=3;w=60", Header(answer, HeaderNames.RateLimitPolicy));
            Assert.Matches($"^\"default\";r={left};t=(60|[1-5]?[0-9])$", Header(answer, HeaderNames.RateLimit));
            Assert.Matches("^[1-9][0-9]?s$", Header(answer, HeaderNames.RateLimitResetRequests));
            Assert.InRange(long.Parse(Header(answer, HeaderNames.RateLimitReset), CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 62);
        }

        using var refused = await client.ScanAsync(Text);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Matches("^[1-9][0-9]?$", Header(refused, "Retry-After"));
        Assert.Equal("0", Header(refused, HeaderNames.RateLimitRemaining));
        Assert.Equal(Header(refused, "Retry-After") == "61", refused.Headers.Contains(HeaderNames.ShouldRetry));
        var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        Assert.Equal(("rate_limit_error", "rate_limited", 429, "3 requests per minute exceeded."),
            (error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("status").GetInt32(), error.GetProperty("message").GetString()));
        Assert.Equal(1000 * long.Parse(Header(refused, "Retry-After"), CultureInfo.InvariantCulture), error.GetProperty("retry_after").GetInt64());
    }

    [Fact]
    public async Task Only_accepted_keys_are_counted_and_told()
    {
        using var gateway = new GatewayFactory { Settings = { ["LockLLM:RateLimit:RequestsPerMinute"] = "1" } };
        using var stranger = gateway.CreateClient();
        for (var i = 0; i < 5; i++)
        {
            using var refused = await stranger.ScanAsync(Text);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.False(refused.Headers.Contains(HeaderNames.RateLimitLimit));
            using var health = await stranger.GetAsync(new Uri("/health", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        using var caller = gateway.CreateCaller();
        using var first = await caller.ScanAsync(Text);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, first.StatusCode);
    }

    [Fact]
    public async Task Each_key_may_have_a_limit_of_its_own_below_that_of_the_account()
    {
        using var gateway = new GatewayFactory { Settings = { ["LockLLM:RateLimit:RequestsPerMinute"] = "5" } };
        var account = gateway.Services.GetRequiredService<AccountSnapshots>().All.First().AccountId;
        var created = await gateway.Services.GetRequiredService<ApiKeyStore>().CreateAsync(account, new ApiKeyDraft("small") { RequestsPerMinute = 2 }, "test", null, CancellationToken.None);
        using var small = gateway.CreateClient();
        small.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.Value!.Secret);
        using var caller = gateway.CreateCaller();
        Assert.Equal(["1/2", "0/2", "429 0/2", "2/5", "1/5", "0/5", "429 0/5"], [
            await LeftAsync(small), await LeftAsync(small), await LeftAsync(small), await LeftAsync(caller), await LeftAsync(caller), await LeftAsync(caller), await LeftAsync(caller)]);

        static async Task<string> LeftAsync(HttpClient client)
        {
            using var answer = await client.ScanAsync(Text);
            var left = $"{Header(answer, HeaderNames.RateLimitRemaining)}/{Header(answer, HeaderNames.RateLimitLimit)}";
            return answer.IsSuccessStatusCode ? left : $"{(int)answer.StatusCode} {left}";
        }
    }

    [Fact]
    public async Task What_is_refused_is_recorded_too()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings: [("LockLLM:RateLimit:RequestsPerMinute", "1")]);
        using var caller = proxied.CreateCaller();
        await (await caller.ScanAsync(Text)).VerdictAsync();
        using var scan = await caller.ScanAsync(Text);
        using var call = await caller.PostAsync("openai/v1/chat/completions", """{"model":"gpt-5","messages":[]}""");
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (scan.StatusCode, call.StatusCode));
        Assert.Empty(proxied.Provider.Requests);
        var account = proxied.Gateway.Services.GetRequiredService<AccountSnapshots>().All.First().AccountId;
        List<RequestRecord> records = [];
        for (var tries = 0; records.Count < 3; tries++)
        {
            Assert.True(tries < 1200, "not written in a minute");
            await Task.Delay(50);
            records = await proxied.Gateway.Services.GetRequiredService<RequestLogReader>().ListAsync(account, new RequestLogFilter(), 10, 0, CancellationToken.None);
        }

        Assert.Equal(
            [(RequestKind.ProxyRequest, "rate_limited", 429), (RequestKind.ScanApi, "rate_limited", 429), (RequestKind.ScanApi, null, 200)],
            records.OrderBy(static record => record.HttpStatus == 200).ThenBy(static record => record.Kind == RequestKind.ScanApi).Select(static record => (record.Kind, record.ErrorCode, record.HttpStatus)));
    }

    [Fact]
    public async Task On_the_proxy_a_providers_own_figures_stand_under_its_names_and_ours_under_ours()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        proxied.Provider.Answer = FakeProvider.Json("{}", 200, ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-limit-tokens", "150000"), ("X-RateLimit-Limit", "7"));
        using var caller = proxied.CreateCaller();
        using var answer = await caller.PostAsync("openai/v1/chat/completions", """{"model":"gpt-5","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(("60", "150000", "10000000"), (Header(answer, HeaderNames.RateLimitLimitRequests), Header(answer, "x-ratelimit-limit-tokens"), Header(answer, HeaderNames.RateLimitLimit)));
        Assert.False(answer.Headers.Contains(HeaderNames.RateLimitRemainingRequests));
        proxied.Provider.Answer = FakeProvider.Json("{}");
        using var plain = await caller.PostAsync("openai/v1/chat/completions", """{"model":"gpt-5","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal("10000000", Header(plain, HeaderNames.RateLimitLimitRequests));
    }

    [Fact]
    public void An_accounts_own_figure_comes_before_its_tiers_and_that_before_the_one_for_all()
    {
        using var gateway = new GatewayFactory();
        var options = new RateLimitOptions { RequestsPerMinute = 7, Tiers = [new RateLimitTier { Name = "2", RequestsPerMinute = 500 }] };
        var limits = new RateLimits(
            static _ => Task.CompletedTask, gateway.Services.GetRequiredService<ICounters>(), options, gateway.Services.GetRequiredService<LimitMetrics>(),
            gateway.Services.GetRequiredService<RequestLogQueue>(), TimeProvider.System, NullLogger<RateLimits>.Instance);
        Assert.Equal(7, limits.LimitOf(AccountSettings.Default));
        Assert.Equal(500, limits.LimitOf(AccountSettings.Default with { Tier = "2" }));
        Assert.Equal(7, limits.LimitOf(AccountSettings.Default with { Tier = "gone" }));
        Assert.Equal(9, limits.LimitOf(AccountSettings.Default with { Tier = "2", RequestsPerMinute = 9 }));
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
