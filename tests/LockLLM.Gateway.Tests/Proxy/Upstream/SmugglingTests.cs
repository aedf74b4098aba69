using System.Net.Sockets;
using System.Text;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>
/// Requests that two readers of HTTP could take apart differently, with good keys, sent to the whole gateway. Each is refused with
/// 400 and its connection closed, and nothing of it reaches a provider.
/// </summary>
public sealed class SmugglingTests(SmugglingTests.Served gateway) : IClassFixture<SmugglingTests.Served>
{
    private const string Keys = $"X-LockLLM-Key: {GatewayFactory.Key}\r\nAuthorization: Bearer sk-own\r\nContent-Type: application/json\r\n";
    private const string Start = "POST /v1/proxy/openai/chat/completions HTTP/1.1\r\n";
    private const string Line = $"{Start}Host: a\r\n{Keys}";
    private const string Inner = $"GET /v1/proxy/openai/smuggled HTTP/1.1\r\nHost: a\r\n{Keys}\r\n";

    // What follows on the wire, so that a reader who sees no end yet finds one.
    private const string Rest = "\r\n\r\n";

    public sealed class Served : IAsyncLifetime
    {
        internal ProxiedGateway Gateway { get; private set; } = null!;

        internal Uri Address { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await ProxiedGateway.StartAsync(RuleDetector.Judge);
            Gateway.Gateway.StartKestrel();
            using var client = Gateway.Gateway.CreateClient();
            Address = client.BaseAddress!;
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }

    public static TheoryData<string> Corpus =>
    [
        // Two lengths
        Line + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        Line + "Content-Length: 2, 3\r\n\r\n{}",
        Line + "Content-Length: 2\r\ncontent-length: 50\r\n\r\n{}" + Inner,
        Line + "Content-Length: 2, 2\r\n\r\n{}",
        // A length and chunks
        Line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Inner,
        Line + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Inner,
        Line + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        // Encodings that only look like chunked
        Line + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: identity\r\n\r\n{}",
        Line + "Transfer-Encoding: gzip\r\n\r\n{}",
        Line + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: \"chunked\"\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: \u000bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding\t: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunk\0ed\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        // Folded lines
        Line + "Transfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "X: a\r\n\tContent-Length: 2\r\n\r\n{}",
        Line + " Content-Length: 2\r\n\r\n{}",
        // Line ends
        Line + "Content-Length: 2\n\r\n{}",
        Line + "X: a\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        (Line + "Content-Length: 2\r\n\r\n{}").Replace("\r\n", "\n", StringComparison.Ordinal),
        Line + "X: a\rTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        Line + "Content-Length: 2\r\r\n\r\n{}",
        // Lengths that are none
        Line + "Content-Length: -1\r\n\r\n{}",
        Line + "Content-Length: 0x2\r\n\r\n{}",
        Line + "Content-Length: 2 0\r\n\r\n{}",
        Line + "Content-Length: 2a\r\n\r\n{}",
        Line + "Content-Length: \r\n\r\n{}",
        Line + "Content-Length: 99999999999999999999\r\n\r\n{}",
        Line + "Content-Length : 2\r\n\r\n{}",
        // Chunks
        Line + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n100000002\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2;a\rb\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n",
        Line + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: a\nContent-Length: 3\r\n\r\n",
        // Lines and hosts
        Start + Keys + "Content-Length: 2\r\n\r\n{}",
        Line + "Host: b\r\nContent-Length: 2\r\n\r\n{}",
        "POST  /v1/proxy/openai/chat/completions HTTP/1.1\r\nHost: a\r\n" + Keys + "Content-Length: 2\r\n\r\n{}",
        "POST /v1/proxy/openai/chat completions HTTP/1.1\r\nHost: a\r\n" + Keys + "Content-Length: 2\r\n\r\n{}",
        "POST /v1/proxy/openai/chat/completions HTTP/1.1 \r\nHost: a\r\n" + Keys + "Content-Length: 2\r\n\r\n{}",
        "P\0ST /v1/proxy/openai/chat/completions HTTP/1.1\r\nHost: a\r\n" + Keys + "Content-Length: 2\r\n\r\n{}",
        Line + "Content-Length: 2\r\nX Y: a\r\n\r\n{}",
        Line + "Content-Length: 2\r\n: a\r\n\r\n{}",
        Line + "Content-Length: 2\r\nX\0: a\r\n\r\n{}",
        Line + "Content-Length: 2\r\nX: a\0b\r\n\r\n{}",
        Line + "Content-Length: 2\r\nnocolon\r\n\r\n{}",
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task An_ambiguous_request_is_refused_and_forwarded_nowhere(string request)
    {
        var before = gateway.Gateway.Provider.Requests.Count;
        var answer = await SendAsync(request);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(answer.IndexOf("HTTP/1.1", StringComparison.Ordinal), answer.LastIndexOf("HTTP/1.1", StringComparison.Ordinal)); // one answer, then closed
        Assert.Equal(before, gateway.Gateway.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n{}")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n1;ext=1\r\n}\r\n0\r\n\r\n")]
    public async Task A_proper_request_is_not(string rest)
    {
        var before = gateway.Gateway.Provider.Requests.Count;
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(Line + "Connection: close\r\n" + rest), StringComparison.Ordinal);
        Assert.Equal(before + 1, gateway.Gateway.Provider.Requests.Count);
        Assert.Equal("{}", gateway.Gateway.Provider.Requests[^1].Text);
    }

    [Fact]
    public void The_corpus_is_large_enough() => Assert.True(Corpus.Count >= 40);

    private async Task<string> SendAsync(string request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new TcpClient();
        await socket.ConnectAsync(gateway.Address.Host, gateway.Address.Port, patience.Token);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request + Rest), patience.Token);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Closed with bytes of ours unread, which TCP calls a reset.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
