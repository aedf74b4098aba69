using LockLLM.Contracts;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class CorsTests : IDisposable
{
    private readonly GatewayFactory _gateway = new() { Settings = { ["LockLLM:Cors:Origins:0"] = "https://app.example.com" } };

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("chrome-extension://abcdefghijklmnop", true)]
    [InlineData("moz-extension://0f0f0f0f", true)]
    [InlineData("https://elsewhere.example.com", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("null", false)]
    public async Task Preflights_of_known_origins_are_answered(string origin, bool isAllowed)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/v1/scan");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization, content-type, x-lockllm-scan-action, anthropic-version");
        var response = await _gateway.CreateClient().SendAsync(request);

        Assert.Equal(isAllowed ? origin : null, response.Header("Access-Control-Allow-Origin"));
        if (isAllowed)
        {
            var allowed = response.Header("Access-Control-Allow-Headers")!.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
            Assert.Superset(new HashSet<string>(["authorization", "content-type", "x-request-id", "x-api-key", "x-lockllm-scan-action", "anthropic-version"]), allowed.ToHashSet());
            Assert.Contains("POST", response.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
            Assert.Null(response.Header("Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task Answers_and_errors_can_be_read_across_origins()
    {
        var ok = await _gateway.CreateCaller().ScanAsync("""{"input":"a"}""", ("Origin", "https://app.example.com"));
        var refused = await _gateway.CreateClient().ScanAsync("""{"input":"a"}""", ("Origin", "https://app.example.com"));
        var missing = await _gateway.CreateClient().SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/nothing") { Headers = { { "Origin", "https://app.example.com" } } });
        foreach (var response in (HttpResponseMessage[])[ok, refused, missing])
        {
            Assert.Equal("https://app.example.com", response.Header("Access-Control-Allow-Origin"));
            Assert.Equal(HeaderNames.Responses, response.Header("Access-Control-Expose-Headers")!.Split(','));
        }
    }

    [Fact]
    public async Task Without_configured_origins_no_site_may_read()
    {
        using var gateway = new GatewayFactory();
        Assert.Null((await gateway.CreateCaller().ScanAsync("""{"input":"a"}""", ("Origin", "https://app.example.com"))).Header("Access-Control-Allow-Origin"));
    }
}
