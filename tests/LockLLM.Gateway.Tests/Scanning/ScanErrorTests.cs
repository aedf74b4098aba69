using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LockLLM.Contracts;
using LockLLM.Engine;

namespace LockLLM.Gateway.Tests.Scanning;

public sealed class ScanErrorTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();
    private readonly HttpClient _caller;

    public ScanErrorTests() => _caller = _gateway.CreateCaller();

    public void Dispose() => _gateway.Dispose();

    public static TheoryData<string> BrokenJson =>
    [
        "", " ", "{", "}", "[]", "\"text\"", "null", "1", "{\"input\":\"a\"", "{\"input\":\"a\"} x", "{\"input\":\"a\"}{}", "{'input':'a'}",
        "{\"input\":\"a\",}", "{\"input\":\"\\x\"}", "{\"input\":\"\\ud83d\"}", "{\"input\":\"\\udc00\\ud83d\"}", "{\"inputs\":[\"a\",\"\\ud800\"]}",
        "{\"sensitivity\":\"\\ud800\",\"input\":\"a\"}", "{/**/\"input\":\"a\"}", "{\"input\":\"line\nbreak\"}",
        "{\"a\":" + new string('[', 64) + new string(']', 64) + ",\"input\":\"a\"}",
    ];

    [Theory]
    [MemberData(nameof(BrokenJson))]
    public async Task Broken_json_is_refused(string body) =>
        await (await _caller.ScanAsync(body)).ErrorAsync(HttpStatusCode.BadRequest, "invalid_json");

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    public async Task Bytes_that_are_not_utf8_are_refused(byte[] bytes) =>
        await (await _caller.ScanAsync([.. "{\"input\":\""u8, .. bytes, .. "\"}"u8])).ErrorAsync(HttpStatusCode.BadRequest, "invalid_json");

    [Fact]
    public async Task A_byte_order_mark_is_no_error() =>
        await (await _caller.ScanAsync([.. "\uFEFF{\"input\":\"a\"}"u8])).VerdictAsync();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"prompt":"a"}""")]
    [InlineData("""{"input":null}""")]
    public async Task A_body_without_text_is_refused(string body) =>
        Assert.Equal("input", (await (await _caller.ScanAsync(body)).ErrorAsync(HttpStatusCode.BadRequest, "missing_input")).GetProperty("param").GetString());

    [Theory]
    [InlineData("""{"input":1}""", "input")]
    [InlineData("""{"input":{"text":"a"}}""", "input")]
    [InlineData("""{"input":["a"]}""", "input")]
    [InlineData("""{"inputs":[1]}""", "inputs")]
    [InlineData("""{"inputs":{}}""", "inputs")]
    [InlineData("""{"text":true}""", "text")]
    [InlineData("""{"input":"a","sensitivity":"extreme"}""", "sensitivity")]
    [InlineData("""{"input":"a","sensitivity":"HIGH"}""", "sensitivity")]
    [InlineData("""{"input":"a","sensitivity":3}""", "sensitivity")]
    [InlineData("""{"input":"a","mode":"fast"}""", "mode")]
    [InlineData("""{"input":"a","scan_action":"stop"}""", "scan_action")]
    [InlineData("""{"input":"a","scan_action":true}""", "scan_action")]
    [InlineData("""{"input":"a","chunk":"true"}""", "chunk")]
    [InlineData("""{"input":"a","context":"system"}""", "context")]
    [InlineData("""{"input":"a","policy_action":"no"}""", "policy_action")]
    [InlineData("""{"input":"a","abuse_action":"no"}""", "abuse_action")]
    [InlineData("""{"input":"a","pii_action":"hide"}""", "pii_action")]
    [InlineData("""{"input":"a","route_action":"best"}""", "route_action")]
    [InlineData("""{"input":"a","compression":"zip"}""", "compression")]
    [InlineData("""{"input":"a","compression_rate":0.9}""", "compression_rate")]
    [InlineData("""{"input":"a","compression_rate":[]}""", "compression_rate")]
    public async Task An_unknown_value_in_the_body_is_refused_by_name(string body, string param) =>
        Assert.Equal(param, (await (await _caller.ScanAsync(body)).ErrorAsync(HttpStatusCode.BadRequest, "invalid_parameter")).GetProperty("param").GetString());

    [Theory]
    [InlineData(HeaderNames.ScanMode, "everything")]
    [InlineData(HeaderNames.ScanAction, "blok")]
    [InlineData(HeaderNames.ScanAction, "Block")]
    [InlineData(HeaderNames.ScanAction, "block, block")]
    [InlineData(HeaderNames.PolicyAction, "stop")]
    [InlineData(HeaderNames.AbuseAction, "stop")]
    [InlineData(HeaderNames.PiiAction, "stop")]
    [InlineData(HeaderNames.Sensitivity, "max")]
    [InlineData(HeaderNames.Chunk, "True")]
    [InlineData(HeaderNames.Chunk, "1")]
    [InlineData(HeaderNames.RouteAction, "on")]
    [InlineData(HeaderNames.Compression, "gzip")]
    [InlineData(HeaderNames.CompressionRate, "0.1")]
    [InlineData(HeaderNames.CompressionRate, "NaN")]
    [InlineData(HeaderNames.CompressionRate, "half")]
    public async Task An_unknown_value_in_a_header_is_refused_by_name(string header, string value) =>
        Assert.Equal(header, (await (await _caller.ScanAsync("""{"input":"a"}""", (header, value))).ErrorAsync(HttpStatusCode.BadRequest, "invalid_parameter")).GetProperty("param").GetString());

    [Theory]
    [InlineData(HeaderNames.ScanMode, "policy_only")]
    [InlineData(HeaderNames.PolicyAction, "block")]
    [InlineData(HeaderNames.PolicyAction, "allow_with_warning")]
    [InlineData(HeaderNames.AbuseAction, "block")]
    [InlineData(HeaderNames.AbuseAction, "allow_with_warning")]
    [InlineData(HeaderNames.PiiAction, "strip")]
    [InlineData(HeaderNames.PiiAction, "block")]
    [InlineData(HeaderNames.PiiAction, "allow_with_warning")]
    [InlineData(HeaderNames.RouteAction, "auto")]
    [InlineData(HeaderNames.RouteAction, "custom")]
    [InlineData(HeaderNames.Compression, "toon")]
    [InlineData(HeaderNames.Compression, "compact")]
    [InlineData(HeaderNames.Compression, "combined")]
    public async Task What_this_version_cannot_do_is_refused_by_name(string header, string value) =>
        Assert.Equal(header, (await (await _caller.ScanAsync("""{"input":"a"}""", (header, value))).ErrorAsync(HttpStatusCode.BadRequest, "feature_unavailable")).GetProperty("param").GetString());

    [Theory]
    [InlineData("mode", "policy_only")]
    [InlineData("policy_action", "block")]
    [InlineData("abuse_action", "allow_with_warning")]
    [InlineData("pii_action", "strip")]
    [InlineData("route_action", "auto")]
    [InlineData("compression", "toon")]
    public async Task The_same_holds_for_the_body(string field, string value) =>
        Assert.Equal(field, (await (await _caller.ScanAsync($$"""{"input":"a","{{field}}":"{{value}}"}""")).ErrorAsync(HttpStatusCode.BadRequest, "feature_unavailable")).GetProperty("param").GetString());

    [Theory]
    [InlineData(HeaderNames.ScanAction, "")]
    [InlineData(HeaderNames.PiiAction, "")]
    [InlineData(HeaderNames.RouteAction, "disabled")]
    [InlineData(HeaderNames.Chunk, "true")]
    [InlineData(HeaderNames.Chunk, "false")]
    [InlineData(HeaderNames.CompressionRate, "0.3")]
    [InlineData("X-LockLLM-Something-Else", "x")]
    public async Task What_changes_nothing_is_accepted(string header, string value) =>
        await (await _caller.ScanAsync("""{"input":"a","chunk":false,"compression_rate":0.7,"sensitivity":""}""", (header, value))).VerdictAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("json")]
    public async Task A_body_that_is_not_declared_json_is_refused(string? type) =>
        await (await SendAsync("{}", type)).ErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=UTF-8")]
    [InlineData("application/vnd.api+json")]
    public async Task Every_spelling_of_json_is_accepted(string type) =>
        await (await SendAsync("""{"input":"a"}""", type)).VerdictAsync();

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        var request = Request("{}", "application/json");
        request.Content!.Headers.ContentEncoding.Add("gzip");
        await (await _caller.SendAsync(request)).ErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused(bool declaresLength)
    {
        var request = Request(new string(' ', 2 * 1024 * 1024) + "{}", "application/json");
        request.Headers.TransferEncodingChunked = !declaresLength;
        var error = await (await _caller.SendAsync(request)).ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
        Assert.Equal(2 * 1024 * 1024, error.GetProperty("max_bytes").GetInt64());
    }

    [Fact]
    public async Task A_text_of_escapes_only_fits_the_limit()
    {
        var body = "{\"input\":\"" + string.Concat(Enumerable.Repeat("\\ud83d\\ude00", 100_000)) + "\"}";
        Assert.Equal(100_000, (await (await _caller.ScanAsync(body)).VerdictAsync()).GetProperty("usage").GetProperty("input_chars").GetInt32());
    }

    [Theory]
    [InlineData("GET", "/v1/scan", 405, "method_not_allowed")]
    [InlineData("PUT", "/v1/scan", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/scan", 405, "method_not_allowed")]
    [InlineData("POST", "/health", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("POST", "/", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/scan/more", 404, "not_found")]
    public async Task Wrong_methods_and_paths_are_answered_in_the_one_shape(string method, string path, int status, string code)
    {
        foreach (var client in (HttpClient[])[_caller, _gateway.CreateClient()])
        {
            var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            await response.ErrorAsync((HttpStatusCode)status, code);
            Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
        }
    }

    [Fact]
    public async Task A_detector_that_throws_is_never_read_as_safe()
    {
        var isBroken = false;
        var engine = new PromptScanner();
        using var gateway = new GatewayFactory
        {
            Detector = (text, trust) => isBroken ? throw new InvalidOperationException("canary " + text.ToString()) : engine.Scan(text, trust),
        };
        var caller = gateway.CreateCaller();
        isBroken = true;

        foreach (var action in (string[])["block", "allow_with_warning"])
        {
            var response = await caller.ScanAsync("""{"input":"canary prompt"}""", (HeaderNames.ScanAction, action));
            var error = await response.ErrorAsync(HttpStatusCode.ServiceUnavailable, "scan_unavailable");
            Assert.Equal("api_error", error.GetProperty("type").GetString());
            Assert.Equal("false", response.Header(HeaderNames.Scanned));
            Assert.Null(response.Header(HeaderNames.Safe));
        }

        Assert.Contains(gateway.Logs.Lines, line => line.Contains("InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Logs.Lines, line => line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_detector_that_skips_a_part_is_never_read_as_safe()
    {
        var skips = false;
        var engine = new PromptScanner();
        using var gateway = new GatewayFactory { Detector = (text, trust) => engine.Scan(skips ? text[1..] : text, trust) };
        var caller = gateway.CreateCaller();
        skips = true;
        await (await caller.ScanAsync("""{"input":"abc"}""")).ErrorAsync(HttpStatusCode.ServiceUnavailable, "scan_unavailable");
    }

    private static HttpRequestMessage Request(string body, string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = content };
    }

    private Task<HttpResponseMessage> SendAsync(string body, string? type) => _caller.SendAsync(Request(body, type));
}
