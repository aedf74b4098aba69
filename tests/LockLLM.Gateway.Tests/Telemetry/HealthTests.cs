using System.Net;
using LockLLM.Engine;
using LockLLM.Gateway.Scanning;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Telemetry;

public sealed class HealthTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_working_gateway_is_alive_and_ready(string method)
    {
        using var gateway = new GatewayFactory();
        foreach (var path in (string[])["/health", "/ready", "/v1/status"])
        {
            var response = await gateway.CreateClient().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(method == "HEAD", (await response.Content.ReadAsByteArrayAsync()).Length == 0);
        }
    }

    [Fact]
    public async Task Status_names_service_version_and_time()
    {
        var now = new DateTimeOffset(2026, 11, 23, 1, 2, 3, TimeSpan.Zero);
        using var gateway = new GatewayFactory { Clock = new FakeTimeProvider(now) };
        var response = await gateway.CreateClient().GetAsync("/v1/status");
        var status = await response.JsonAsync();
        Assert.Equal("lockllm", status.GetProperty("service").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", status.GetProperty("version").GetString()!);
        Assert.Equal(now, status.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(response.Header("X-Request-Id"), status.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("blind")]
    [InlineData("paranoid")]
    [InlineData("broken")]
    public async Task A_detector_with_wrong_answers_serves_nothing_until_it_is_right_again(string fault)
    {
        var engine = new PromptScanner();
        var attack = engine.Scan(Prompts.Attack);
        var current = fault;
        Verdict Detect(ReadOnlySpan<char> text, Trust trust) => current switch
        {
            "blind" => engine.Scan(""),
            "paranoid" => attack,
            "broken" => throw new InvalidOperationException(),
            _ => engine.Scan(text, trust),
        };
        var clock = new FakeTimeProvider();
        using var gateway = new GatewayFactory { Detector = Detect, Clock = clock };
        var caller = gateway.CreateCaller();

        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("/health")).StatusCode);
        await (await caller.GetAsync("/ready")).ErrorAsync(HttpStatusCode.ServiceUnavailable, "scan_unavailable");
        await (await caller.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.ServiceUnavailable, "scan_unavailable");
        Assert.Contains(gateway.Logs.Lines, line => line.StartsWith("Critical 210", StringComparison.Ordinal));

        current = "right";
        await UntilAsync(HttpStatusCode.OK, TimeSpan.FromSeconds(10));
        await (await caller.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        // A detector that breaks while it serves is noticed at the next hourly check.
        current = fault;
        await UntilAsync(HttpStatusCode.ServiceUnavailable, TimeSpan.FromHours(1));

        async Task UntilAsync(HttpStatusCode status, TimeSpan step)
        {
            // The loop may not have begun to wait when the clock moves, so the clock moves again.
            for (var i = 0; i < 1000 && (await caller.GetAsync("/ready")).StatusCode != status; i++)
            {
                clock.Advance(step);
                await Task.Yield();
            }

            Assert.Equal(status, (await caller.GetAsync("/ready")).StatusCode);
        }
    }

    [Fact]
    public void The_shipped_detector_knows_the_answers()
    {
        using var check = new KnownAnswers(new PromptScanner().Scan, new(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<KnownAnswers>.Instance);
        Assert.True(check.Check());
    }
}
