using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Upstream;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>What goes to the provider and what comes back.</summary>
public sealed class ForwardingTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private FakeProvider _provider = null!;
    private ForwarderHost _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _gateway = await new ForwarderHost { Access = new() { Secret = "sk", Endpoint = _provider.Address } }.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_body_goes_on_byte_for_byte()
    {
        var body = Encoding.UTF8.GetBytes("{ \"model\" : \"m\",\r\n\t\"messages\":[ {\"role\":\"user\",\"content\":\"\\u00e9 é 👋 \\ud83d\\udc4b\"} ] , \"unknown\": [1.0, 1e5, -0] }  \n");
        await PostAsync("/openai/chat/completions?x=1&y=%2F", body);
        var got = Assert.Single(_provider.Requests);
        Assert.Equal(body, got.Body);
        Assert.Equal(("POST", "/chat/completions?x=1&y=%2F", "application/json"), (got.Method, got.Target, got.Header("Content-Type")));
        Assert.Equal(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), got.Header("Content-Length"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    public async Task Answers_of_any_length_come_back_byte_for_byte(int length)
    {
        var answer = new string('a', length);
        _provider.Answer = FakeProvider.Json(answer);
        var response = await PostAsync("/openai/chat/completions");
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
        Assert.Equal(length, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task Calls_without_a_body_have_none(string method)
    {
        await _gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/openai/models"));
        var got = Assert.Single(_provider.Requests);
        Assert.Equal((method, 0), (got.Method, got.Body.Length));
        Assert.Null(got.Header("Content-Length"));
        Assert.Null(got.Header("Transfer-Encoding"));
    }

    [Fact]
    public async Task A_large_upload_is_passed_on_as_it_arrives()
    {
        await using var gateway = await new ForwarderHost { Access = new() { Secret = "sk", Endpoint = _provider.Address }, PassesBodyOn = true }.StartAsync();
        var body = new byte[5_000_000];
        Random.Shared.NextBytes(body);
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/files") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
            Assert.Equal(body, _provider.Requests[^1].Body);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(529)]
    public async Task Status_and_body_of_the_provider_are_passed_on_unchanged(int status)
    {
        var body = status == 204 ? "" : """{"error":{"message":"their words","code":null}}""";
        _provider.Answer = status == 204
            ? context => { context.Response.StatusCode = 204; return Task.CompletedTask; }
        : FakeProvider.Json(body, status, ("Retry-After", "7"), ("x-request-id", "theirs"), ("x-ratelimit-remaining-tokens", "3"));
        var response = await PostAsync("/openai/chat/completions");
        Assert.Equal((status, body), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(status >= 400 ? $"{status}" : null, response.Header(HeaderNames.UpstreamStatus));
        if (status != 204)
        {
            Assert.Equal(("7", "theirs", "3"), (response.Header("Retry-After"), response.Header(HeaderNames.UpstreamRequestId), response.Header("x-ratelimit-remaining-tokens")));
            Assert.StartsWith("req_", response.Header(HeaderNames.RequestId), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stored_key_that_the_provider_refuses_is_not_taken_for_the_callers()
    {
        _provider.Answer = FakeProvider.Json("""{"error":{"message":"Incorrect API key provided: sk-violet"}}""", 401);
        var response = await PostAsync("/openai/chat/completions");
        var error = await response.ErrorAsync(HttpStatusCode.Unauthorized, "provider_key_rejected");
        Assert.Equal(("upstream_error", "openai", 401), (error.GetProperty("type").GetString(), error.GetProperty("provider").GetString(), error.GetProperty("upstream_status").GetInt32()));
        Assert.DoesNotContain("violet", error.ToString(), StringComparison.Ordinal);

        _gateway.Access = new() { Endpoint = _provider.Address };
        Assert.Contains("violet", await (await PostAsync("/openai/chat/completions")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_cannot_speak_in_the_gateways_name()
    {
        _provider.Answer = FakeProvider.Json(
            "{}", 200, ("X-LockLLM-Safe", "true"), ("x-lockllm-scanned", "true"), ("X-LockLLM-Anything", "1"), ("X-Scan-Mode", "normal"), ("X-LockLLM-Request-ID", "theirs"),
            ("Set-Cookie", "a=b"), ("Access-Control-Allow-Origin", "*"), ("Strict-Transport-Security", "max-age=1"), ("Content-Security-Policy", "x"), ("Alt-Svc", "h3=\":443\""),
            ("Server", "nginx"), ("Clear-Site-Data", "*"), ("Connection", "x-hop"), ("X-Hop", "1"), ("Keep-Alive", "timeout=5"), ("openai-organization", "org"));
        var response = await PostAsync("/openai/chat/completions");
        Assert.Equal("used " + _provider.Host, response.Header(HeaderNames.Scanned));
        Assert.Equal("org", response.Header("openai-organization"));
        string[] ours = ["X-LockLLM-Scanned", "X-LockLLM-Request-ID", "X-Request-Id", "openai-organization", "Date"];
        Assert.Equal(ours.Order(StringComparer.OrdinalIgnoreCase), response.Headers.Select(header => header.Key).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_on_is_left_out()
    {
        using var raw = new RawProvider("HTTP/1.1 200 OK\r\nX-Latin: gr\u00fc\u00dfe\r\nX-Tab: a\tb\r\nX-Fine: 1\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\n{}");
        _gateway.Access = new() { Secret = "s", Endpoint = raw.Address };
        var response = await PostAsync("/openai/chat/completions");
        Assert.Equal((null, "1", "1,2", "{}"), (response.Header("X-Latin"), response.Header("X-Fine"), response.Header("X-Twice"), await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task What_speaks_of_the_caller_stays_here()
    {
        // Over a socket, since a client of .NET keeps some of these back itself.
        string[] names = ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Cookie", "Origin", "Referer", "Sec-Fetch-Mode", "Via", "TE", "Keep-Alive", "Upgrade"];
        using var socket = new TcpClient(_gateway.Address.Host, _gateway.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /openai/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n"
            + "OpenAI-Beta: a\r\nOpenAI-Beta: b\r\nanthropic-beta: c\r\nX-Stainless-Lang: js\r\n"
            + string.Concat(names.Select(name => $"{name}: 10.1.2.3\r\n")) + "\r\n{}"));
        await new StreamReader(socket.GetStream()).ReadToEndAsync();
        var got = Assert.Single(_provider.Requests);
        string[] expected = ["Host", "Content-Length", "Content-Type", "OpenAI-Beta", "anthropic-beta", "X-Stainless-Lang", "Authorization"];
        // The trace is the gateway's own.
        Assert.Equal(expected.Order(StringComparer.OrdinalIgnoreCase), got.Headers.Keys.Except(["traceparent"]).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("a,b", got.Header("OpenAI-Beta")!.Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trace_goes_on()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openai/models");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await _gateway.Client.SendAsync(request);
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Assert.Single(_provider.Requests).Header("traceparent"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("gzip", false)]
    [InlineData("br, gzip;q=0.5", false)]
    [InlineData("br", true)]
    [InlineData("gzip;q=0", true)]
    [InlineData("gzip; q=0.00, br", true)]
    [InlineData("gzip;q=0.10", false)]
    public async Task An_answer_is_decompressed_where_compression_was_not_asked_for(string? accepted, bool isDecoded)
    {
        const string Body = """{"text":"plain","usage":{"prompt_tokens":1,"completion_tokens":2}}""";
        _provider.Answer = FakeProvider.Gzipped(Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/chat/completions") { Content = new StringContent("{}") };
        if (accepted is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }

        var response = await _gateway.Client.SendAsync(request);
        Assert.Equal(isDecoded ? [] : ["gzip"], response.Content.Headers.ContentEncoding);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(isDecoded, Encoding.UTF8.GetString(bytes) == Body);
        Assert.Equal(accepted, Assert.Single(_provider.Requests).Header("Accept-Encoding"));
    }

    [Fact]
    public async Task A_compressed_stream_comes_out_plain()
    {
        _provider.Answer = FakeProvider.Gzipped("data: a\n\ndata: b\n\n", "text/event-stream");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/chat/completions") { Content = new StringContent("""{"stream":true}""") };
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var response = await _gateway.Client.SendAsync(request);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal("data: a\n\ndata: b\n\n", await response.Content.ReadAsStringAsync());
        Assert.Equal("identity", Assert.Single(_provider.Requests).Header("Accept-Encoding"));
    }

    [Fact]
    public async Task A_stream_in_an_encoding_that_cannot_be_undone_goes_on_as_it_comes()
    {
        var received = new SemaphoreSlim(0);
        _provider.Answer = async context =>
        {
            context.Response.Headers.ContentEncoding = "zstd";
            await FakeProvider.Events(["(\u00B5/\u00FD", "\u0004\u0001"], i => i == 0 ? Task.CompletedTask : received.WaitAsync(s_patience))(context);
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/chat/completions") { Content = new StringContent("""{"stream":true}""") };
        using var response = await _gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(["zstd"], response.Content.Headers.ContentEncoding);
        await using var body = await response.Content.ReadAsStreamAsync();
        // The second piece is sent only when the first is here.
        Assert.InRange(await body.ReadAsync(new byte[64]), 1, 64);
        received.Release();
        Assert.Equal(2, await body.ReadAsync(new byte[64]));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204, null)]
    [InlineData("DELETE", "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", 204, null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 123\r\nETag: \"a\"\r\n\r\n", 304, null)]
    [InlineData("GET", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", 205, null)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 123\r\n\r\n", 200, 123L)]
    [InlineData("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, 0L)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-LockLLM-Safe\r\n\r\n0\r\nX-LockLLM-Safe: true\r\n\r\n", 200, 0L)]
    public async Task Answers_without_a_body_keep_their_status(string method, string answer, int status, long? length)
    {
        using var raw = new RawProvider(answer);
        _gateway.Access = new() { Secret = "s", Endpoint = raw.Address };
        using var response = await _gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/openai/models"));
        Assert.Equal((status, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Empty(response.TrailingHeaders);
        if (length is not null)
        {
            Assert.Equal(length, response.Content.Headers.ContentLength);
        }

        Assert.DoesNotContain(_gateway.Logs.Lines, static line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Headers_that_clients_would_refuse_for_their_length_stay_behind()
    {
        (string, string)[] many = [.. Enumerable.Range(0, 40).Select(static i => ($"x-debug-{i}", new string('d', 500)))];
        _provider.Answer = FakeProvider.Json("""{"a":1}""", 200, [("x-request-id", "theirs"), ("x-page", new string('p', 7_000)), .. many, ("retry-after", "7"), ("x-ratelimit-remaining-requests", "3"), ("anthropic-ratelimit-tokens-reset", "2s"), ("x-last", new string('l', 500))]);
        using var response = await PostAsync("/openai/chat/completions");
        Assert.Equal("""{"a":1}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(("application/json", "theirs", null, new string('d', 500)), (response.Content.Headers.ContentType?.MediaType, response.Header(HeaderNames.UpstreamRequestId), response.Header("x-page"), response.Header("x-debug-0")));
        var theirs = response.Headers.Where(static header => header.Key.StartsWith("x-", StringComparison.Ordinal)).Sum(static header => header.Key.Length + header.Value.Sum(static value => value.Length));
        Assert.InRange(theirs, 4_500, 6_144);
        Assert.Equal(
            ("7", "3", "2s", null),
            (response.Header("retry-after"), response.Header("x-ratelimit-remaining-requests"), response.Header("anthropic-ratelimit-tokens-reset"), response.Header("x-last")));
    }

    [Fact]
    public async Task Each_event_reaches_the_caller_before_the_next_is_sent()
    {
        // The provider sends an event only when the caller holds the one before it.
        var received = new SemaphoreSlim(1);
        _provider.Answer = FakeProvider.Events([.. Enumerable.Range(0, 50).Select(i => $"data: {i}\n\n")], async _ => Assert.True(await received.WaitAsync(s_patience)));
        using var response = await _gateway.Client.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(("no", "no-store, no-transform"), (response.Header("X-Accel-Buffering"), response.Headers.CacheControl!.ToString()));
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        await using var stream = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync());
            Assert.Equal("", await reader.ReadLineAsync());
            received.Release();
        }

        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task The_head_of_a_stream_does_not_wait_for_its_first_event()
    {
        var headSeen = new TaskCompletionSource();
        _provider.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await headSeen.Task.WaitAsync(s_patience);
            await context.Response.WriteAsync("data: 1\n\n");
        };
        using var response = await _gateway.Client.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        headSeen.SetResult();
        Assert.Equal("data: 1\n\n", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(StreamTapTests.Recorded), MemberType = typeof(StreamTapTests))]
    public async Task Recorded_streams_come_out_byte_for_byte(string name)
    {
        var stream = RecordedStreams.All[name];
        for (var size = 1; size <= stream.Length; size += Math.Max(1, stream.Length / 5))
        {
            _provider.Answer = async context =>
            {
                context.Response.ContentType = "text/event-stream";
                foreach (var piece in stream.Chunk(size))
                {
                    await context.Response.Body.WriteAsync(piece);
                    await context.Response.Body.FlushAsync();
                }
            };
            Assert.Equal(stream, await (await _gateway.Client.SendAsync(Chat(stream: true))).Content.ReadAsByteArrayAsync());
        }

        Assert.All(_gateway.Results, result => Assert.Equal(RecordedStreams.Usage[name], result.Usage));
    }

    [Theory]
    [MemberData(nameof(StreamTapTests.Recorded), MemberType = typeof(StreamTapTests))]
    public async Task Recorded_streams_cut_at_any_byte_come_out_byte_for_byte(string name)
    {
        var stream = RecordedStreams.All[name];
        _provider.Answer = async context =>
        {
            var cut = int.Parse(context.Request.Query["cut"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync(stream.AsMemory(0, cut));
            await context.Response.Body.FlushAsync();
            // Lets the first half go on alone where it can.
            await Task.Yield();
            await context.Response.Body.WriteAsync(stream.AsMemory(cut));
        };
        await Parallel.ForAsync(0, stream.Length + 1, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cut, _) =>
        {
            using var response = await _gateway.Client.PostAsync($"/openai/chat/completions?cut={cut}", new StringContent("""{"stream":true}"""));
            var received = await response.Content.ReadAsByteArrayAsync();
            Assert.True(stream.AsSpan().SequenceEqual(received), $"cut at {cut}");
        });
        Assert.Equal(stream.Length + 1, _gateway.Results.Count);
        Assert.All(_gateway.Results, result => Assert.Equal(RecordedStreams.Usage[name], result.Usage));
    }

    [Fact]
    public async Task What_is_no_event_stream_is_passed_on_piece_by_piece()
    {
        var received = new SemaphoreSlim(1);
        _provider.Answer = async context =>
        {
            context.Response.ContentType = "application/x-ndjson";
            for (var i = 0; i < 5; i++)
            {
                Assert.True(await received.WaitAsync(s_patience));
                await context.Response.WriteAsync($"{i}\n");
                await context.Response.Body.FlushAsync();
            }
        };
        using var response = await _gateway.Client.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"{i}", await reader.ReadLineAsync());
            received.Release();
        }
    }

    [Fact]
    public async Task The_result_says_what_happened()
    {
        _provider.Answer = FakeProvider.Json("""{"usage":{"prompt_tokens":11,"completion_tokens":22}}""");
        await PostAsync("/openai/chat/completions");
        var result = Assert.Single(_gateway.Results);
        Assert.Equal((UpstreamEnd.Complete, 200, new TokenUsage(11, 22), 1), (result.End, result.Status, result.Usage, result.Attempts));
        Assert.True(result.Latency > TimeSpan.Zero);
        Assert.Equal(53, result.AnswerBytes);
    }

    private static HttpRequestMessage Chat(bool stream) => new(HttpMethod.Post, "/openai/chat/completions")
    {
        Content = new StringContent($$"""{"model":"m","stream":{{(stream ? "true" : "false")}}}""", Encoding.UTF8, "application/json"),
    };

    private Task<HttpResponseMessage> PostAsync(string path, byte[]? body = null)
    {
        var content = new ByteArrayContent(body ?? "{}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return _gateway.Client.PostAsync(path, content);
    }
}
