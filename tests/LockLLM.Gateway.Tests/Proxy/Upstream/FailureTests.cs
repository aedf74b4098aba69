using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Proxy.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>Providers that die, stall, reset and lie; callers that hang up.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ForwarderHost _gateway = new();
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _gateway.Access = new() { Secret = "sk-violet", Endpoint = _provider.Address };
        _gateway.Options.Upstream.MaxRetryPause = TimeSpan.FromSeconds(1);
        await _gateway.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_listening_is_a_502_without_inner_text()
    {
        _gateway.Access = new() { Secret = "sk-violet", Endpoint = $"http://127.0.0.1:{FreePort()}/secret-path" };
        var error = await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        Assert.Equal(("upstream_error", "openai", 0), (error.GetProperty("type").GetString(), error.GetProperty("provider").GetString(), error.GetProperty("upstream_status").GetInt32()));
        AssertClean(error);
        Assert.Equal(3, Assert.Single(_gateway.Results).Attempts); // the call never left, so it was safe to try again
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_502()
    {
        await using var gateway = await new ForwarderHost
        {
            Lookup = (_, _) => throw new SocketException((int)SocketError.HostNotFound),
            Access = new() { Secret = "s", Endpoint = "http://no-such-host.example.com" },
        }.StartAsync();
        AssertClean(await (await gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"))).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
    }

    [Theory]
    [InlineData("")] // closed at once
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 999999 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u0000b\r\n: novalue\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task Broken_http_is_a_502(string answer)
    {
        using var raw = new RawProvider(answer);
        _gateway.Access = new() { Secret = "s", Endpoint = raw.Address };
        AssertClean(await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
    }

    [Fact]
    public async Task Headers_without_end_are_a_502()
    {
        using var raw = new RawProvider("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-{i}: {i}\r\n")));
        _gateway.Access = new() { Secret = "s", Endpoint = raw.Address };
        AssertClean(await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
    }

    [Fact]
    public async Task A_reset_is_a_502_and_a_prompt_is_not_sent_twice()
    {
        _provider.Answer = FakeProvider.Reset();
        AssertClean(await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_a_504()
    {
        await using var gateway = new ForwarderHost { Access = new() { Secret = "s", Endpoint = _provider.Address } };
        gateway.Options.Upstream.AnswerTimeout = TimeSpan.FromSeconds(1);
        await gateway.StartAsync();
        _provider.Answer = FakeProvider.Stall();
        AssertClean(await (await gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"))).ErrorAsync(HttpStatusCode.GatewayTimeout, "provider_timeout"));
        await _provider.WaitForHangUpsAsync(1, s_patience);
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task Half_a_body_is_cut_off()
    {
        _provider.Answer = FakeProvider.HalfBody("""{"half":""", 1000);
        // The cut may overtake the head on its way to the caller.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _gateway.Client.SendAsync(Chat()));
        await ResultAsync(result => Assert.Equal(UpstreamEnd.BrokenOff, result.End));
    }

    [Fact]
    public async Task A_body_that_breaks_before_its_first_byte_is_a_502()
    {
        _provider.Answer = FakeProvider.HalfBody("", 1000);
        AssertClean(await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
    }

    [Fact]
    public async Task Bad_gzip_is_a_502_where_it_has_to_be_undone_and_passes_where_it_was_asked_for()
    {
        _provider.Answer = FakeProvider.BadGzip();
        AssertClean(await (await PostAsync()).ErrorAsync(HttpStatusCode.BadGateway, "provider_error"));
        using var asking = Chat();
        asking.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        Assert.Equal("this is not gzip at all", await (await _gateway.Client.SendAsync(asking)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("openai", "chat/completions")]
    [InlineData("openai", "completions")]
    [InlineData("openai", "responses")]
    [InlineData("anthropic", "v1/messages")]
    [InlineData("gemini", "models/g:streamGenerateContent?alt=sse")]
    [InlineData("cohere", "v2/chat")]
    public async Task A_stream_that_breaks_ends_with_an_error_event(string name, string path)
    {
        _provider.Answer = FakeProvider.EventsThenCut("data: {\"one\":1}\n\n", "data: {\"two\":2}\n\nevent: x\ndata: {\"ha");
        using var request = Chat(stream: true, $"/{name}/{path}");
        var text = await (await _gateway.Client.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.StartsWith("data: {\"one\":1}\n\ndata: {\"two\":2}\n\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var last = text["data: {\"one\":1}\n\ndata: {\"two\":2}\n\n".Length..].TrimEnd().Split('\n');
        var data = JsonDocument.Parse(last[^1]["data: ".Length..]).RootElement;
        var error = data.GetProperty("error");
        Assert.StartsWith("req_", error.GetProperty("request_id").GetString(), StringComparison.Ordinal);
        AssertClean(data);
        switch (name)
        {
            case "anthropic":
                Assert.Equal(("event: error", "error", "upstream_error", "provider_error"), (last[0], data.GetProperty("type").GetString(), error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                break;
            case "gemini":
                Assert.Equal((502, "UNAVAILABLE"), (error.GetProperty("code").GetInt32(), error.GetProperty("status").GetString()));
                break;
            default:
                Assert.Equal(("upstream_error", "provider_error"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                break;
        }

        Assert.Equal(UpstreamEnd.BrokenOff, Assert.Single(_gateway.Results).End);
    }

    [Fact]
    public async Task A_stream_that_is_reset_ends_with_an_error_event()
    {
        var received = new TaskCompletionSource();
        _provider.Answer = async context =>
        {
            await FakeProvider.Events(["data: 1\n\n"])(context);
            await received.Task.WaitAsync(s_patience);
            await FakeProvider.Reset()(context);
        };
        using var response = await _gateway.Client.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: 1", await reader.ReadLineAsync());
        received.SetResult();
        Assert.Contains("provider_error", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_ends_with_an_error_event()
    {
        await using var gateway = new ForwarderHost { Access = new() { Secret = "s", Endpoint = _provider.Address } };
        gateway.Options.Upstream.IdleTimeout = TimeSpan.FromSeconds(1);
        await gateway.StartAsync();
        _provider.Answer = async context =>
        {
            await FakeProvider.Events(["data: 1\n\n"])(context);
            await FakeProvider.Stall()(context);
        };
        var text = await (await gateway.Client.SendAsync(Chat(stream: true))).Content.ReadAsStringAsync();
        Assert.StartsWith("data: 1\n\ndata: {\"error\":", text, StringComparison.Ordinal);
        Assert.Contains("provider_timeout", text, StringComparison.Ordinal);
        await _provider.WaitForHangUpsAsync(1, s_patience);
    }

    [Fact]
    public async Task A_stream_that_is_no_stream_of_events_passes_as_it_is()
    {
        const string Broken = "this is no event\ndata without colon\n\u0000\nevent:\ndata: {broken json\n\n::::\n";
        _provider.Answer = FakeProvider.Events([Broken]);
        Assert.Equal(Broken, await (await _gateway.Client.SendAsync(Chat(stream: true))).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_hangs_up_ends_the_providers_call(bool stream)
    {
        var begun = new SemaphoreSlim(0);
        _provider.Answer = async context =>
        {
            if (stream)
            {
                await FakeProvider.Events(["data: 1\n\n"])(context);
            }

            begun.Release();
            await FakeProvider.Stall()(context);
        };
        const int Callers = 20;
        using var hangUp = new CancellationTokenSource();
        var calls = Enumerable.Range(0, Callers).Select(_ => ReadAsync(hangUp.Token)).ToArray();
        for (var i = 0; i < Callers; i++)
        {
            Assert.True(await begun.WaitAsync(s_patience));
        }

        await hangUp.CancelAsync();
        foreach (var call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await _provider.WaitForHangUpsAsync(Callers, s_patience);
        await UntilAsync(() => _gateway.Results.Count == Callers);
        Assert.All(_gateway.Results, result => Assert.Equal(UpstreamEnd.CallerGone, result.End));
        var report = Assert.Single(_gateway.Services.GetRequiredService<HostHealth>().Report());
        Assert.Equal((0L, BreakerState.Closed), (report.Failures, report.Breaker)); // no fault of the provider's
        Assert.DoesNotContain(_gateway.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning 3", StringComparison.Ordinal));

        async Task ReadAsync(CancellationToken hangUp)
        {
            using var response = await _gateway.Client.SendAsync(Chat(stream), HttpCompletionOption.ResponseHeadersRead, hangUp);
            await response.Content.ReadAsByteArrayAsync(hangUp);
        }
    }

    [Fact]
    public async Task A_host_that_keeps_failing_is_left_alone_for_a_while()
    {
        await using var gateway = new ForwarderHost { Access = new() { Secret = "s", Endpoint = _provider.Address } };
        gateway.Egress.Breaker.MinimumCalls = 4;
        await gateway.StartAsync();
        _provider.Answer = FakeProvider.Reset();
        for (var i = 0; i < 4; i++)
        {
            await (await gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"))).ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        }

        var response = await gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"));
        await response.ErrorAsync(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
        Assert.InRange(int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 15);
        Assert.Equal(4, _provider.Requests.Count);
        Assert.Equal(BreakerState.Open, Assert.Single(gateway.Services.GetRequiredService<HostHealth>().Report()).Breaker);
    }

    [Fact]
    public async Task An_idempotent_call_is_tried_again_as_the_provider_asks()
    {
        var calls = 0;
        _provider.Answer = context => Interlocked.Increment(ref calls) < 3 ? FakeProvider.Json("{}", 503, ("Retry-After", "1"))(context) : FakeProvider.Json("{\"data\":[]}")(context);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal("{\"data\":[]}", await _gateway.Client.GetStringAsync("/openai/models"));
        Assert.Equal(3, _provider.Requests.Count);
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(1.9)); // timers may fire a little early
    }

    [Fact]
    public async Task A_provider_that_wants_a_long_pause_is_not_asked_again()
    {
        _provider.Answer = FakeProvider.Json("{}", 429, ("Retry-After", "3600"));
        var response = await _gateway.Client.GetAsync("/openai/models");
        Assert.Equal((HttpStatusCode.TooManyRequests, "3600"), (response.StatusCode, response.Header("Retry-After")));
        Assert.Single(_provider.Requests);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public async Task Prompts_are_tried_again_only_where_the_operator_wants_it(bool wanted, int sent)
    {
        await using var gateway = new ForwarderHost { Access = new() { Secret = "s", Endpoint = _provider.Address } };
        gateway.Options.Upstream.RetryUnsafe = wanted;
        await gateway.StartAsync();
        _provider.Answer = FakeProvider.Json("""{"error":"theirs"}""", 503);
        var response = await gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"error":"theirs"}"""), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(sent, _provider.Requests.Count);
    }

    [Theory]
    [InlineData("dead")]
    [InlineData("reset")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("529")]
    public async Task The_fallback_answers_where_the_first_provider_does_not(string failure)
    {
        await using var second = await FakeProvider.StartAsync();
        second.Answer = FakeProvider.Json("{\"second\":true}");
        _provider.Answer = failure == "reset" ? FakeProvider.Reset() : FakeProvider.Json("{}", int.TryParse(failure, System.Globalization.CultureInfo.InvariantCulture, out var status) ? status : 200);
        if (failure == "dead")
        {
            _gateway.Access = new() { Secret = "sk-first", Endpoint = $"http://127.0.0.1:{FreePort()}" };
        }

        _gateway.Fallbacks = [new() { Secret = "sk-second", Endpoint = second.Address }];
        var response = await PostAsync();
        Assert.Equal(("{\"second\":true}", "used " + second.Host), (await response.Content.ReadAsStringAsync(), response.Header("X-LockLLM-Scanned")));
        Assert.Equal("Bearer sk-second", Assert.Single(second.Requests).Header("Authorization"));
        Assert.Equal("{\"model\":\"m\",\"stream\":false}", second.Requests[0].Text);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task A_refusal_by_the_first_provider_is_an_answer(int status)
    {
        await using var second = await FakeProvider.StartAsync();
        _provider.Answer = FakeProvider.Json("{}", status);
        _gateway.Fallbacks = [new() { Secret = "sk-second", Endpoint = second.Address }];
        Assert.Equal(status, (int)(await PostAsync()).StatusCode);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task After_the_first_byte_there_is_no_fallback()
    {
        await using var second = await FakeProvider.StartAsync();
        _provider.Answer = FakeProvider.EventsThenCut("data: 1\n\n");
        _gateway.Fallbacks = [new() { Secret = "sk-second", Endpoint = second.Address }];
        Assert.Contains("provider_error", await (await _gateway.Client.SendAsync(Chat(stream: true))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task When_all_fail_the_last_one_is_told()
    {
        await using var second = await FakeProvider.StartAsync();
        second.Answer = FakeProvider.Json("{\"last\":1}", 503);
        _provider.Answer = FakeProvider.Json("{\"first\":1}", 500);
        _gateway.Fallbacks = [new() { Secret = "b", Endpoint = second.Address }];
        var response = await PostAsync();
        Assert.Equal((503, "{\"last\":1}"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    private static void AssertClean(JsonElement error)
    {
        var text = error.ToString();
        foreach (var inner in (string[])["127.0.0.1", "localhost", "refused", "Exception", "Socket", "secret-path", "violet", "example.com", "   at "])
        {
            Assert.DoesNotContain(inner, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static HttpRequestMessage Chat(bool stream = false, string path = "/openai/chat/completions") => new(HttpMethod.Post, path)
    {
        Content = new StringContent($$"""{"model":"m","stream":{{(stream ? "true" : "false")}}}""", Encoding.UTF8, "application/json"),
    };

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private Task<HttpResponseMessage> PostAsync() => _gateway.Client.SendAsync(Chat());

    private async Task ResultAsync(Action<UpstreamResult> assert)
    {
        await UntilAsync(() => !_gateway.Results.IsEmpty);
        assert(Assert.Single(_gateway.Results));
    }
}
