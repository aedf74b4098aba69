using System.Net;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Tests.Telemetry;

public sealed class RequestIdTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("a")]
    [InlineData("0123456789abcdef")]
    [InlineData("req_1764_ab.c-d")]
    public async Task A_harmless_id_is_kept(string id)
    {
        var response = await _gateway.CreateCaller().ScanAsync("""{"input":"a"}""", (HeaderNames.RequestId, id));
        await response.VerdictAsync();
        Assert.Equal((id, id), (response.Header(HeaderNames.RequestId), response.Header(HeaderNames.LockLlmRequestId)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("semi;colon")]
    [InlineData("<script>")]
    [InlineData("ä")]
    [InlineData("a,b")]
    public async Task Any_other_id_is_replaced(string id)
    {
        var response = await _gateway.CreateCaller().ScanAsync("""{"input":"a"}""", (HeaderNames.RequestId, id));
        await response.VerdictAsync();
        Assert.Matches("^req_[0-9A-Za-z]{24}$", response.Header(HeaderNames.RequestId));
    }

    [Fact]
    public async Task An_endless_id_is_replaced()
    {
        var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Add(HeaderNames.RequestId, new string('a', 128));
        Assert.Equal(new string('a', 128), (await client.GetAsync("/health")).Header(HeaderNames.RequestId));
        client.DefaultRequestHeaders.Remove(HeaderNames.RequestId);
        client.DefaultRequestHeaders.Add(HeaderNames.RequestId, new string('a', 129));
        Assert.StartsWith("req_", (await client.GetAsync("/health")).Header(HeaderNames.RequestId), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/health", 200)]
    [InlineData("GET", "/v1/status", 200)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/v1/scan", 405)]
    [InlineData("POST", "/v1/scan", 401)]
    public async Task Every_answer_has_an_id_of_its_own(string method, string path, int status)
    {
        var client = _gateway.CreateClient();
        var ids = new HashSet<string?>();
        for (var i = 0; i < 3; i++)
        {
            var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal((HttpStatusCode)status, response.StatusCode);
            ids.Add(response.Header(HeaderNames.RequestId));
        }

        Assert.DoesNotContain(null, ids);
        Assert.Equal(3, ids.Count);
    }
}
