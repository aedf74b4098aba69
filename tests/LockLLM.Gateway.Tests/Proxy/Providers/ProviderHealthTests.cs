using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Proxy.Providers;

/// <summary>What people and dashboards are told about providers.</summary>
public sealed class ProviderHealthTests
{
    private static readonly TimeSpan s_latency = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void An_account_is_told_of_the_hosts_it_can_reach_and_of_no_other()
    {
        var hosts = new HostHealth(new EgressOptions(), TimeProvider.System);
        hosts.Of("openai", new Uri("https://api.openai.com/v1/models")).Succeeded(s_latency);
        hosts.Of("custom", new Uri("https://models.ours.example:8443/v1/models")).Failed();
        hosts.Of("custom", new Uri("https://models.theirs.example/v1/models")).Succeeded(s_latency);
        hosts.Of("mistral", new Uri("https://mirror.example/v1/models")).Succeeded(s_latency);
        var health = new ProviderHealth(hosts, new ProviderCatalog(new Dictionary<string, string> { ["mistral"] = "https://mirror.example/v1" }));

        var told = health.Of(Account("https://MODELS.ours.example:8443/v1", null));
        Assert.Equal([("custom", "models.ours.example:8443"), ("mistral", "mirror.example"), ("openai", "api.openai.com")], told.Select(static row => (row.Provider, row.Host)));
        Assert.Equal((0L, 1L, null), (told[0].Successes, told[0].Failures, told[0].LastSuccess));
        Assert.Equal((1L, 0L, s_latency, BreakerState.Closed), (told[2].Successes, told[2].Failures, told[2].TypicalLatency, told[2].Breaker));
        Assert.Equal(["mirror.example", "api.openai.com"], health.Of(Account()).Select(static row => row.Host));
    }

    [Fact]
    public async Task Calls_are_seen_in_the_report_and_in_the_metrics()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        using var caller = proxied.CreateCaller();
        var services = proxied.Gateway.Services;
        var meters = services.GetRequiredService<IMeterFactory>();
        var counted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == UpstreamMetrics.MeterName && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.Enqueue($"{instrument.Name} {tags[0].Value} {tags[1].Value} {value}"));
        listener.Start();

        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("/v1/proxy/openai/models")).StatusCode);
        proxied.Provider.Answer = FakeProvider.Json("{}", 404);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.GetAsync("/v1/proxy/openai/models")).StatusCode);

        Assert.Equal(["lockllm.upstream.calls openai 2xx 1", "lockllm.upstream.calls openai 4xx 1"], counted);
        var told = Assert.Single(services.GetRequiredService<ProviderHealth>().Of(services.GetRequiredService<AccountSnapshots>().All.First()));
        Assert.Equal((new Uri(proxied.Provider.Address).Authority, 2L, 0L), (told.Host, told.Successes, told.Failures));
        Assert.NotNull(told.LastSuccess);
    }

    [Fact]
    public async Task The_management_api_tells_of_hosts_that_were_called()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        using var caller = proxied.CreateCaller();
        Assert.Empty((await ReadAsync()).EnumerateArray());

        proxied.Provider.Answer = FakeProvider.Json("{}", 503);
        await caller.GetAsync("/v1/proxy/openai/models");
        var failed = Assert.Single((await ReadAsync()).EnumerateArray());
        Assert.Equal(("openai", new Uri(proxied.Provider.Address).Authority, "up"), (failed.GetProperty("provider").GetString(), failed.GetProperty("host").GetString(), failed.GetProperty("state").GetString()));
        // The call and two more tries.
        Assert.Equal((0, 3), (failed.GetProperty("successes").GetInt32(), failed.GetProperty("failures").GetInt32()));
        Assert.True(failed.TryGetProperty("last_failure_at", out _));
        Assert.False(failed.TryGetProperty("last_success_at", out _) || failed.TryGetProperty("typical_latency_ms", out _));

        proxied.Provider.Answer = FakeProvider.Json("{}");
        await caller.GetAsync("/v1/proxy/openai/models");
        var back = Assert.Single((await ReadAsync()).EnumerateArray());
        Assert.Equal((1, 3), (back.GetProperty("successes").GetInt32(), back.GetProperty("failures").GetInt32()));
        Assert.True(back.GetProperty("typical_latency_ms").GetDouble() > 0);

        for (var i = 0; i < 100 && State(await ReadAsync()) == "up"; i++)
        {
            proxied.Provider.Answer = FakeProvider.Json("{}", 503);
            await caller.GetAsync("/v1/proxy/openai/models");
        }

        Assert.Equal("down", State(await ReadAsync()));

        async Task<JsonElement> ReadAsync() => (await JsonDocument.ParseAsync(await caller.GetStreamAsync("/api/v1/providers/health"))).RootElement;

        static string? State(JsonElement hosts) => hosts[0].GetProperty("state").GetString();
    }

    private static AccountSnapshot Account(params string?[] endpoints) => new()
    {
        AccountId = "acc_1",
        Name = "One",
        Revision = 1,
        Settings = new AccountSettings(),
        ApiKeys = [],
        ProviderKeys = [.. endpoints.Select(static endpoint => new ProviderKeyEntry
        {
            Id = "pk_1",
            AccountId = "acc_1",
            Provider = "custom",
            EndpointUrl = endpoint,
            Secret = new SealedSecret(""),
            Last4 = "wxyz",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        })],
    };
}
