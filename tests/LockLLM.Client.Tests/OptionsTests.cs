using Microsoft.Extensions.Logging;

namespace LockLLM.Client.Tests;

public class OptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("llm_two\nlines")]
    public void A_key_that_is_none_is_refused_before_any_call(string key)
    {
        var refused = Assert.Throws<LockLlmConfigurationException>(() => new LockLlmClient(key));
        Assert.Equal("configuration_error", refused.Type);
        Assert.Equal("invalid_config", refused.Code);
    }

    [Fact]
    public void Every_wrong_option_is_named_at_once()
    {
        var refused = Assert.Throws<LockLlmConfigurationException>(() => new LockLlmClient("llm_x", new()
        {
            BaseUrl = new Uri("ftp://example.com"), Timeout = TimeSpan.Zero, MaxRetries = 11, ScanDefaults = new() { CompressionRate = 0.9 },
        }));
        Assert.All(["BaseUrl", "Timeout", "MaxRetries", "CompressionRate"], name => Assert.Contains(name, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_are_those_of_the_contract()
    {
        using var client = new LockLlmClient("llm_x");
        Assert.Equal(new Uri("https://api.lockllm.com"), client.Options.BaseUrl);
        Assert.Equal(TimeSpan.FromSeconds(60), client.Options.Timeout);
        Assert.Equal(3, client.Options.MaxRetries);
        Assert.Equal(Sensitivity.Medium, client.Options.ScanDefaults.Sensitivity);
    }

    [Fact]
    public void Options_read_back_are_a_copy_and_show_no_key()
    {
        using var client = new LockLlmClient("llm_secret");
        client.Options.MaxRetries = 0;
        client.Options.ScanDefaults.Sensitivity = Sensitivity.High;
        Assert.Equal(3, client.Options.MaxRetries);
        Assert.Equal(Sensitivity.Medium, client.Options.ScanDefaults.Sensitivity);
        Assert.DoesNotContain("llm_secret", client.Options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://gateway.example", true)]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("https://gateway.example", false)]
    public void Plain_http_to_another_machine_is_warned_of(string address, bool warned)
    {
        var log = new ListLogger();
        using var http = new HttpClient(new SocketsHttpHandler());
        using var client = new LockLlmClient(http, new() { ApiKey = "llm_x", BaseUrl = new Uri(address) }, log);
        Assert.Equal(warned ? 1 : 0, log.Lines.Count(line => line.Contains("plain http", StringComparison.Ordinal)));
    }

    [Fact]
    public void Proxy_options_make_a_header_each()
    {
        Assert.Empty(new ProxyOptions().ToHeaders());
        var headers = new ProxyOptions
        {
            ScanMode = ScanMode.PolicyOnly, ScanAction = ScanAction.Block, PolicyAction = ScanAction.AllowWithWarning, AbuseAction = ScanAction.Block,
            PiiAction = PiiAction.Strip, Sensitivity = Sensitivity.High, RouteAction = RouteAction.Custom, CacheResponse = true, CacheTtl = TimeSpan.FromMinutes(2),
            Chunk = false, Compression = CompressionMethod.Compact, CompressionRate = 0.5, ProviderKey = "eu", Headers = new Dictionary<string, string> { ["x-lockllm-chunk"] = "true", ["X-Mine"] = "1" },
        }.ToHeaders();
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["X-LockLLM-Scan-Mode"] = "policy_only", ["X-LockLLM-Scan-Action"] = "block", ["X-LockLLM-Policy-Action"] = "allow_with_warning", ["X-LockLLM-Abuse-Action"] = "block",
                ["X-LockLLM-PII-Action"] = "strip", ["X-LockLLM-Sensitivity"] = "high", ["X-LockLLM-Route-Action"] = "custom", ["X-LockLLM-Cache-Response"] = "true",
                ["X-LockLLM-Cache-TTL"] = "120", ["X-LockLLM-Chunk"] = "true", ["X-LockLLM-Compression"] = "compact", ["X-LockLLM-Compression-Rate"] = "0.5",
                ["X-LockLLM-Provider-Key"] = "eu", ["X-Mine"] = "1",
            }.OrderBy(header => header.Key, StringComparer.Ordinal),
            headers.OrderBy(header => header.Key, StringComparer.Ordinal));
        Assert.Equal("0.3", Assert.Single(new ProxyOptions { CompressionRate = 0.3 }.ToHeaders()).Value);
        Assert.Throws<LockLlmConfigurationException>(() => new ProxyOptions { CompressionRate = 0.71 }.ToHeaders());
        Assert.Throws<LockLlmConfigurationException>(() => new ProxyOptions { CacheTtl = TimeSpan.FromSeconds(-1) }.ToHeaders());
    }

    [Fact]
    public void Addresses_follow_the_base()
    {
        var own = new Uri("http://gateway.local:8080/llm/");
        Assert.Equal("http://gateway.local:8080/llm/v1/proxy/vertex-ai", ProxyUrls.For("vertex-ai", own).ToString());
        Assert.Equal("http://gateway.local:8080/llm/v1/proxy", ProxyUrls.Universal(own).ToString());
        Assert.Equal("https://api.lockllm.com/v1/proxy/openai", ProxyUrls.For("openai").ToString());
        Assert.Equal(18, ProxyUrls.All(own).Count);
        Assert.Throws<LockLlmConfigurationException>(() => ProxyUrls.For("OpenAI"));
    }

    private sealed class ListLogger : ILogger<LockLlmClient>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
