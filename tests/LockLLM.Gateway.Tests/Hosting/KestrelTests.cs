using System.Net;
using System.Net.Sockets;
using System.Text;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Tests.Hosting;

/// <summary>What only a real server does: limits, cut connections, broken HTTP.</summary>
public sealed class KestrelTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();
    private readonly HttpClient _caller;

    public KestrelTests()
    {
        _gateway.StartKestrel();
        _caller = _gateway.CreateCaller();
    }

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task A_scan_works_over_a_real_port()
    {
        var response = await _caller.ScanAsync("""{"input":"a"}""");
        await response.VerdictAsync();
        Assert.Null(response.Header("Server"));
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Null(response.Headers.TransferEncodingChunked);
    }

    [Theory]
    [InlineData(33_000)]
    [InlineData(50_000)]
    public async Task Too_long_headers_are_refused_in_the_one_shape(int length)
    {
        var response = await _caller.ScanAsync("""{"input":"a"}""", ("X-Padding", new string('p', length)));
        await response.ErrorAsync(HttpStatusCode.RequestHeaderFieldsTooLarge, "headers_too_large");
    }

    [Fact]
    public async Task Headers_beyond_that_are_cut_off_by_the_server() =>
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await _caller.ScanAsync("""{"input":"a"}""", ("X-Padding", new string('p', 70_000)))).StatusCode);

    [Theory]
    [InlineData(2_500_000, true)]
    [InlineData(2_500_000, false)]
    [InlineData(10_000_000, true)]
    public async Task A_body_over_the_limit_is_answered_before_it_is_read(int bytes, bool declaresLength)
    {
        // A client that does not lose patience and sends the body all the same, while a gateway on a busy machine thinks.
        using var caller = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = _caller.BaseAddress };
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = new ByteArrayContent(new byte[bytes]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(HeaderNames.XApiKey, GatewayFactory.Key);
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = !declaresLength;
        await (await caller.SendAsync(request)).ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("POST /v1/scan HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    public async Task Broken_http_is_a_400(string request) => Assert.StartsWith("HTTP/1.1 400", await RawAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task A_broken_chunk_is_a_400_in_the_one_shape()
    {
        var answer = await RawAsync($"POST /v1/scan HTTP/1.1\r\nHost: a\r\n{HeaderNames.XApiKey}: {GatewayFactory.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_request\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_is_no_error()
    {
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(_caller.BaseAddress!.Host, _caller.BaseAddress.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/scan HTTP/1.1\r\nHost: a\r\n{HeaderNames.XApiKey}: {GatewayFactory.Key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"inp"));
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await (await _caller.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        Assert.DoesNotContain(_gateway.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_caller.BaseAddress!.Host, _caller.BaseAddress.Port);
        using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
