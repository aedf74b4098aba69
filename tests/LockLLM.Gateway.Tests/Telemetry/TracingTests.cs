using System.Net;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Proxy;

namespace LockLLM.Gateway.Tests.Telemetry;

public sealed class TracingTests : IDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Spans_go_to_the_collector_in_the_words_of_the_conventions()
    {
        await using var collector = await FakeProvider.StartAsync();
        await using var proxied = await ProxiedGateway.StartAsync(
            RuleDetector.Judge, settings: [("LockLLM:Otlp:Endpoint", collector.Address), ("LockLLM:Otlp:Protocol", "HttpProtobuf"), ("LockLLM:Otlp:Headers", "x-collector-key=violet")]);
        proxied.Provider.Answer = FakeProvider.Json("""{"id":"1","object":"chat.completion","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}""");
        using (var caller = proxied.CreateCaller())
        {
            using var forwarded = await caller.PostAsync(
                "openai/v1/chat/completions", """{"model":"gpt-5","messages":[{"role":"user","content":"Hi"}]}""", ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"), (HeaderNames.RequestId, "req_traced"));
            Assert.Equal(HttpStatusCode.OK, forwarded.StatusCode);
            await (await caller.ScanAsync("""{"input":"red violet"}""")).VerdictAsync();
        }

        Assert.StartsWith($"00-{TraceId}-", Assert.Single(proxied.Provider.Requests).Header("traceparent"), StringComparison.Ordinal);
        await proxied.Gateway.DisposeAsync();
        var traces = string.Concat(collector.Requests.Where(request => request.Target == "/v1/traces").Select(request => Encoding.Latin1.GetString(request.Body)));
        string[] expected =
        [
            "lockllm-gateway", "POST /v1/proxy/{**rest}", "chat gpt-5", "gen_ai.operation.name", "gen_ai.provider.name", "openai", "gen_ai.request.model", "gen_ai.usage.input_tokens",
            "POST /v1/scan", "http.response.status_code", "lockllm.request_id", "req_traced", "lockllm.injection", Encoding.Latin1.GetString(Convert.FromHexString(TraceId)),
        ];
        Assert.All(expected, text => Assert.Contains(text, traces, StringComparison.Ordinal));
        Assert.Contains(collector.Requests, request => request.Target == "/v1/metrics");
        Assert.All(collector.Requests, request => Assert.Equal("violet", request.Header("x-collector-key")));
    }

    [Fact]
    public async Task Log_lines_are_json_where_that_is_asked_for()
    {
        using var gateway = await GatewayProcess.StartAsync("--LockLLM:DataDirectory", _folder.Path, "--Logging:Console:FormatterName", "json", "--Logging:LogLevel:LockLLM.Gateway", "Information");
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = gateway.Address };
        using var refused = await client.ScanAsync("""{"input":"a"}""", (HeaderNames.RequestId, "req_logged"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await gateway.StopAsync();
        var lines = gateway.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var line = Assert.Single(lines, line => line.GetProperty("EventId").GetInt32() == 1201);
        Assert.Equal("req_logged", line.GetProperty("State").GetProperty("RequestId").GetString());
        Assert.True(line.TryGetProperty("Timestamp", out _));
    }
}
