using System.Globalization;
using System.Net;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Limits;
using LockLLM.Gateway.RequestLog;
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
