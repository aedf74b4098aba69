using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Management;

namespace LockLLM.Gateway.Tests.Proxy.Guard;

/// <summary>Bodies that do not call themselves JSON, on paths that no protocol describes.</summary>
public sealed class UploadTests
{
    private const string Attack = "red violet";

    [Theory]
    [InlineData("text/plain", """{"prompt":"red\u0020violet"}""")]
    [InlineData("text/plain", "Tell me of red violet.")]
    [InlineData("application/octet-stream", """ 	{"prompt":"red violet"}""")]
    [InlineData("application/octet-stream", "\uFEFF{\"prompt\":\"red violet\"}")]
    [InlineData("audio/wav", """["red violet"]""")]
    [InlineData("application/x-ndjson", "{\"a\":1}\n{\"a\":\"red violet\"}")]
    [InlineData("application/x-www-form-urlencoded", "size=1&prompt=red+viole%74")]
    [InlineData("application/xml", "<a>red violet</a>")]
    [InlineData("nonsense", """{"prompt":"red violet"}""")]
    [InlineData(null, """{"prompt":"red violet"}""")]
    public async Task An_attack_is_found_whatever_the_body_is_called(string? type, string body)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        var caller = proxied.CreateCaller();
        using var refused = await PostAsync(caller, type, Encoding.UTF8.GetBytes(body));
        await refused.ErrorAsync(HttpStatusCode.BadRequest, "prompt_injection_detected");
        Assert.Empty(proxied.Provider.Requests);

        using var passed = await PostAsync(caller, type, Encoding.UTF8.GetBytes(body), (HeaderNames.ScanAction, "allow_with_warning"));
        Assert.Equal((HttpStatusCode.OK, "true", "false"), (passed.StatusCode, passed.Header(HeaderNames.Scanned), passed.Header(HeaderNames.Safe)));
        var sent = Assert.Single(proxied.Provider.Requests);
        Assert.Equal((body, type), (Encoding.UTF8.GetString(sent.Body), sent.Header("Content-Type")));
    }

    [Theory]
    [InlineData("images/edits", "prompt", null)]
    [InlineData("audio/transcriptions", "prompt", null)]
    [InlineData("videos", "prompt", "text/plain; charset=utf-8")]
    [InlineData("videos", "anything", "application/json")]
    public async Task The_fields_of_a_form_are_judged_and_its_files_counted(string path, string field, string? type)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        var caller = proxied.CreateCaller();
        foreach (var (prompt, isAttack) in new[] { ("A kettle, please, in blue.", false), ("A kettle, please, in " + Attack, true) })
        {
            using var form = Form(field, prompt, type);
            var bytes = await form.ReadAsByteArrayAsync();
            using var response = await caller.PostAsync("/v1/proxy/openai/" + path, form);
            Assert.Equal(("true", isAttack ? "false" : "true", "image=1"), (response.Header(HeaderNames.Scanned), response.Header(HeaderNames.Safe), response.Header(HeaderNames.Unscanned)));
            Assert.Equal(isAttack ? HttpStatusCode.BadRequest : HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("gpt-image-1", response.Header(HeaderNames.Model));
            if (!isAttack)
            {
                Assert.Equal(bytes, proxied.Provider.Requests[^1].Body);
            }
        }

        Assert.Single(proxied.Provider.Requests);
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nred violet")]
    [InlineData("--b\r\nred violet")]
    [InlineData("red violet\r\n--b--")]
    [InlineData("--b--red violet")]
    [InlineData("red violet")]
    [InlineData("--b\nContent-Disposition: form-data; name=\"prompt\"\n\nred violet\n--b--")]
    [InlineData("--b\r\nContent-Disposition: nonsense\r\n\r\nred violet\r\n--b--\r\n")]
    public async Task A_form_that_is_not_well_formed_is_read_as_text(string body)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        using var response = await PostAsync(proxied.CreateCaller(), "multipart/form-data; boundary=b", Encoding.UTF8.GetBytes(body));
        await response.ErrorAsync(HttpStatusCode.BadRequest, "prompt_injection_detected");
    }

    [Fact]
    public async Task A_compressed_body_is_refused_on_every_path()
    {
        using var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync("""{"prompt":"red violet"}"""u8.ToArray());
        }

        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        foreach (var (path, type) in new[] { ("openai/chat/completions", "application/json"), ("openai/images/generations", "application/json"), ("openai/images/generations", "application/octet-stream") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/proxy/" + path) { Content = new ByteArrayContent(bytes.ToArray()) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            request.Content.Headers.ContentEncoding.Add("gzip");
            using var response = await proxied.CreateCaller().SendAsync(request);
            await response.ErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        }

        Assert.Empty(proxied.Provider.Requests);
    }

    [Fact]
    public async Task Json_in_an_encoding_of_two_bytes_is_refused()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
        {
            foreach (var type in (string[])["application/octet-stream", "text/plain"])
            {
                using var response = await PostAsync(proxied.CreateCaller(), type, [.. encoding.GetPreamble(), .. encoding.GetBytes("""{"prompt":"red violet"}""")]);
                await response.ErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_pass_as_they_arrive_and_are_said_to_be_unscanned(bool isAnnounced)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings: ("LockLLM:Proxy:MaxRequestBytes", "65536"));
        proxied.Gateway.StartKestrel();
        var caller = proxied.CreateCaller();
        var file = new byte[200_000];
        new Random(3).NextBytes(file);
        file[0] = 1;
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/proxy/openai/uploads/1") { Content = isAnnounced ? new ByteArrayContent(file) : new StreamContent(new EndlessLooking(file)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await caller.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "false", "body=1"), (response.StatusCode, response.Header(HeaderNames.Scanned), response.Header(HeaderNames.Unscanned)));
        Assert.Equal(file, Assert.Single(proxied.Provider.Requests).Body);

        // Too long to be read, and beginning like what is read.
        using var large = await PostAsync(caller, "application/octet-stream", Encoding.UTF8.GetBytes("{\"a\":\"" + new string('a', 70_000) + "\"}"));
        await large.ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
        using var blank = await PostAsync(caller, "application/octet-stream", Encoding.UTF8.GetBytes(new string(' ', 70_000) + "{}"));
        await blank.ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "request_too_large");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_is_read_whether_or_not_it_says_how_long_it_is(bool isAnnounced)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        proxied.Gateway.StartKestrel();
        foreach (var (prompt, status) in new[] { ("A kettle, please, in " + Attack, HttpStatusCode.BadRequest), ("A kettle, please, in blue.", HttpStatusCode.OK) })
        {
            using var form = Form("prompt", prompt, type: null);
            var bytes = await form.ReadAsByteArrayAsync();
            using var response = await SendAsync(proxied.CreateCaller(), form, bytes, isAnnounced);
            Assert.Equal((status, "true"), (response.StatusCode, response.Header(HeaderNames.Scanned)));
            Assert.Equal(status == HttpStatusCode.OK ? [bytes] : Array.Empty<byte[]>(), proxied.Provider.Requests.Select(static request => request.Body));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_too_long_to_be_read_is_sent_and_is_no_success_in_the_log(bool isAnnounced)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings: ("LockLLM:Proxy:MaxRequestBytes", "65536"));
        proxied.Gateway.StartKestrel();
        var caller = proxied.CreateCaller();
        using var form = Form("prompt", new string('a', 700_000), type: null);
        var bytes = await form.ReadAsByteArrayAsync();
        using var sent = await SendAsync(caller, form, bytes, isAnnounced);
        Assert.Equal((HttpStatusCode.OK, "false", "body=1"), (sent.StatusCode, sent.Header(HeaderNames.Scanned), sent.Header(HeaderNames.Unscanned)));
        Assert.Equal(bytes, Assert.Single(proxied.Provider.Requests).Body);
        var log = (await ManagementGateway.UntilAsync(() => caller.ReadAsync("/api/v1/logs"), static logs => logs.GetArrayLength() == 1))[0];
        Assert.Equal(("failure", "proxy_forward"), (log.Text("status"), log.Text("log_subtype")));
    }

    [Fact]
    public async Task A_form_of_which_only_a_part_is_at_hand_is_sent_once_and_within_the_limit()
    {
        await using var proxied = await ProxiedGateway.StartAsync(
            RuleDetector.Judge, settings: [("LockLLM:Proxy:MaxRequestBytes", "65536"), ("LockLLM:Proxy:MaxUploadBytes", "1000000"), ("LockLLM:Proxy:Upstream:RetryUnsafe", "true")]);
        proxied.Gateway.StartKestrel();
        proxied.Provider.Answer = FakeProvider.Json("{}", 503);
        foreach (var (length, status) in new[] { (700_000, HttpStatusCode.ServiceUnavailable), (1_100_000, HttpStatusCode.RequestEntityTooLarge) })
        {
            using var form = Form("prompt", new string('a', length), type: null);
            using var sent = await SendAsync(proxied.CreateCaller(), form, await form.ReadAsByteArrayAsync(), isAnnounced: false);
            Assert.Equal(status, sent.StatusCode);
        }

        Assert.Single(proxied.Provider.Requests);
    }

    [Fact]
    public async Task On_a_real_port_a_body_that_was_looked_at_is_read_whole()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        proxied.Gateway.StartKestrel();
        var body = Encoding.UTF8.GetBytes("{\"a\":\"" + new string('a', 300_000) + "\",\"prompt\":\"A kettle of blue.\"}");
        using var response = await PostAsync(proxied.CreateCaller(), "application/octet-stream", body);
        Assert.Equal((HttpStatusCode.OK, "true"), (response.StatusCode, response.Header(HeaderNames.Scanned)));
        Assert.Equal(body, Assert.Single(proxied.Provider.Requests).Body);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient caller, string? type, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/proxy/custom/api/generate") { Content = new ByteArrayContent(body) };
        if (type is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await caller.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient caller, MultipartFormDataContent form, byte[] bytes, bool isAnnounced)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/proxy/openai/images/edits") { Content = isAnnounced ? new ByteArrayContent(bytes) : new StreamContent(new EndlessLooking(bytes)) };
        request.Content.Headers.ContentType = form.Headers.ContentType;
        return await caller.SendAsync(request);
    }

    private static MultipartFormDataContent Form(string field, string prompt, string? type)
    {
        var picture = new ByteArrayContent([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]);
        picture.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        var text = new ByteArrayContent(Encoding.UTF8.GetBytes(prompt));
        if (type is not null)
        {
            text.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        return new MultipartFormDataContent { { new StringContent("gpt-image-1"), "model" }, { picture, "image", "a.png" }, { text, field } };
    }

    // Hides its length, so that it is sent in chunks.
    private sealed class EndlessLooking(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
