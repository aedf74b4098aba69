using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LockLLM.Gateway.Tests;

namespace LockLLM.Interop.Tests;

/// <summary>The raw-wire rows of the conformance list, R1 to R8, as the official npm clients see them.</summary>
public sealed class NpmWireTests(ProxiedGateway gateway) : IClassFixture<ProxiedGateway>
{
    private const string Completion = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Vinegar."},"finish_reason":"stop"}]}""";
    private const string Chat = "/v1/proxy/openai/chat/completions";
    private const int HeaderBudget = 12 * 1024;

    public static TheoryData<string, string, string?, int, string> Errors => new()
    {
        { "post", Chat, "{\"messages\":[", 400, "invalid_json" },
        { "post", Chat, "[]", 400, "invalid_json" },
        { "post", Chat, "{\"messages\":7}", 400, "invalid_parameter" },
        { "post", Chat, "{\"a\":" + new string('[', 100) + "1" + new string(']', 100) + "}", 400, "invalid_json" },
        { "post", "/v1/proxy/nobody/chat/completions", "{}", 404, "provider_not_found" },
        { "post", "/v1/proxy/openai/chat//completions", "{}", 400, "invalid_request" },
        { "post", "/v1/proxy/chat/completions", "{}", 400, "no_upstream_key" },
        { "post", "/v1/nothing", "{}", 404, "not_found" },
        { "get", "/v1/scan", null, 405, "method_not_allowed" },
        { "delete", "/v1/status", null, 405, "method_not_allowed" },
        { "post", "/v1/scan", "{", 400, "invalid_json" },
        { "post", "/v1/scan", "{}", 400, "missing_input" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task R1_Every_error_is_JSON_that_the_client_reads(string method, string path, string? text, int status, string code)
    {
        var before = gateway.Provider.Requests.Count;
        AssertError(await RawAsync(method, path, text), status, code);
        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task R1_Headers_and_keys_that_are_refused_are_errors_of_the_same_shape()
    {
        AssertError(await RawAsync("post", Chat, "{}", ("X-LockLLM-Sensitivity", "extreme")), 400, "invalid_parameter");
        AssertError(await RawAsync("post", Chat, "{}", ("Content-Type", "text/plain")), 415, "unsupported_media_type");
        AssertError(await RawAsync("post", Chat, "{}", ("Authorization", "Bearer llm_nobody")), 401, "unauthorized");
        AssertError(await RawAsync("post", Chat, "{}", ("X-LockLLM-Provider-Key", "nobody")), 400, "no_upstream_key");
        AssertError(await RawAsync("post", Chat, "{}", ("X-Large", new string('a', 40_000))), 431, "headers_too_large");
    }

    [Theory]
    [InlineData("de_DE.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    public async Task R2_The_culture_of_the_machine_changes_nothing_and_no_field_is_null(string culture)
    {
        using var folder = new TemporaryFolder();
        using var other = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["LANG"] = culture, ["LC_ALL"] = culture },
            "--LockLLM:DataDirectory=" + folder.Path, "--LockLLM:Bootstrap:ApiKey=" + ProxiedGateway.Key);
        foreach (var input in (string[])[Prompts.Attack, Prompts.Harmless, Prompts.Long(2000)])
        {
            var here = await ScanAsync(gateway.Base, input);
            var there = await ScanAsync(other.Address.ToString().TrimEnd('/'), input);
            Assert.Equal(here, there);
        }

        static async Task<string> ScanAsync(string address, string input)
        {
            var told = await NodeScripts.RunAsync("scan.cjs", new { Base = address, ProxiedGateway.Key, request = new { input } });
            var wire = Assert.Single(told.GetProperty("wire").EnumerateArray());
            AssertNoNull(JsonDocument.Parse(wire.GetProperty("body").GetString()!).RootElement);
            var headers = wire.GetProperty("headers").EnumerateObject().Where(static header => (header.Name.StartsWith("x-lockllm", StringComparison.Ordinal) && header.Name is not "x-lockllm-request-id") || header.Name is "x-scan-mode").ToList();
            Assert.NotEmpty(headers);
            Assert.All(headers, static header => Assert.DoesNotMatch("^(True|False)$|^[0-9]+,[0-9]+$", header.Value.GetString()));
            return string.Join('\n', headers.Select(static header => $"{header.Name}: {header.Value}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task R3_The_longest_headers_stay_within_their_budget_and_R4_their_details_are_read()
    {
        gateway.Provider.Answer = FakeProvider.Json(Completion);
        var messages = new List<object> { new { role = "system", content = Prompts.Attack }, new { role = "assistant", content = Prompts.Attack + " It said." } };
        messages.AddRange(Enumerable.Range(0, 60).Select(static i => new
        {
            role = "user",
            content = new object[]
            {
                new { type = "text", text = $"{Prompts.Attack} {i}" },
                new { type = "image_url", image_url = new { url = "https://a.example/b.png" } },
                new { type = "input_audio", input_audio = new { data = "AAAA", format = "wav" } },
                new { type = "file", file = new { file_id = "file-1" } },
            },
        }));
        var told = await RunAsync(new
        {
            make = "createOpenAI",
            path = "/v1/proxy/openai",
            action = "chat",
            options = new { scanAction = "allow_with_warning" },
            client = new { maxRetries = 0 },
            request = new { model = string.Concat(Enumerable.Repeat("modèle-", 500)), messages },
        });
        Assert.True(told.TryGetProperty("result", out _), told.ToString());
        var headers = Headers(told);
        var length = headers.EnumerateObject().Sum(static header => header.Name.Length + header.Value.GetString()!.Length + 4);
        Assert.InRange(length, 1, HeaderBudget);
        var metadata = told.GetProperty("metadata");
        Assert.False(metadata.GetProperty("safe").GetBoolean());
        Assert.InRange(metadata.GetProperty("scan_warning").GetProperty("injection_score").GetDouble(), 50, 100);

        var detail = headers.GetProperty("x-lockllm-scan-detail").GetString()!;
        Assert.Equal(0, detail.Length % 4);
        var json = Convert.FromBase64String(detail);
        Assert.True(Ascii.IsValid(json));
        AssertNoNull(JsonDocument.Parse(json).RootElement);
        Assert.Equal(1, told.GetProperty("detail").GetProperty("label").GetInt32());
    }

    [Theory]
    [InlineData("m\r\nX-Injected: 1")]
    [InlineData("m\nSet-Cookie: a=b")]
    [InlineData("modèle-α-模型")]
    [InlineData("\u0000\u007f\u2028")]
    public async Task R5_No_name_of_a_model_splits_or_breaks_headers(string model)
    {
        gateway.Provider.Answer = FakeProvider.Json(Completion);
        var told = await RunAsync(new { make = "createOpenAI", path = "/v1/proxy/openai", action = "chat", client = new { maxRetries = 0 }, request = new { model, messages = new[] { new { role = "user", content = Prompts.Harmless } } } });
        Assert.True(told.TryGetProperty("result", out _), told.ToString());
        var headers = Headers(told);
        Assert.False(headers.TryGetProperty("x-injected", out _));
        Assert.False(headers.TryGetProperty("set-cookie", out _));
        Assert.Matches("^[ -~]+$", headers.GetProperty("x-lockllm-model").GetString());
        Assert.Equal(model, Uri.UnescapeDataString(told.GetProperty("metadata").GetProperty("model").GetString()!));
        Assert.Equal(model, JsonDocument.Parse(gateway.Provider.Requests[^1].Body).RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public async Task R6_No_header_of_a_provider_speaks_for_the_gateway()
    {
        string[] names = ["X-LockLLM-Safe", "X-LockLLM-Scanned", "X-LockLLM-Blocked", "X-LockLLM-Credits-Mode", "X-LockLLM-Anything", "X-Scan-Mode", "X-RateLimit-Limit"];
        gateway.Provider.Answer = FakeProvider.Json(Completion, 200, [.. names.Select(static name => (name, "spoofed"))]);
        var told = await RunAsync(new
        {
            make = "createOpenAI",
            path = "/v1/proxy/openai",
            action = "chat",
            options = new { scanAction = "allow_with_warning" },
            client = new { maxRetries = 0 },
            request = new { model = "m", messages = new[] { new { role = "user", content = Prompts.Attack } } },
        });
        Assert.False(told.GetProperty("metadata").GetProperty("safe").GetBoolean());
        Assert.True(told.GetProperty("metadata").GetProperty("scanned").GetBoolean());
        Assert.DoesNotContain("spoofed", Headers(told).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R7_Addresses_inside_the_network_are_not_called()
    {
        using var folder = new TemporaryFolder();
        var port = new Uri(gateway.Provider.Address).Port;
        (string Provider, string Root)[] roots =
        [
            ("openai", gateway.Provider.Address), ("groq", $"http://[::ffff:127.0.0.1]:{port}"), ("mistral", $"http://localhost:{port}"), ("together", "http://169.254.169.254/latest"),
            ("xai", "http://[fd00:ec2::254]"), ("deepseek", "http://10.0.0.1"), ("fireworks", $"http://2130706433:{port}"),
        ];
        using var strict = await GatewayProcess.StartAsync(
        [
            "--LockLLM:DataDirectory=" + folder.Path, "--LockLLM:Bootstrap:ApiKey=" + ProxiedGateway.Key, .. roots.Select(static row => $"--LockLLM:Proxy:Roots:{row.Provider}={row.Root}/v1"),
        ]);
        var before = gateway.Provider.Requests.Count;
        foreach (var (provider, _) in roots)
        {
            var told = await NodeScripts.RunAsync("proxy.cjs", new
            {
                Base = strict.Address.ToString().TrimEnd('/'),
                key = "sk-violet",
                make = "OpenAI",
                path = "/v1/proxy/" + provider,
                action = "chat",
                client = new { maxRetries = 0, defaultHeaders = new Dictionary<string, string> { ["X-LockLLM-Key"] = ProxiedGateway.Key } },
                request = new { model = "m", messages = new[] { new { role = "user", content = Prompts.Harmless } } },
            });
            AssertError(told, 400, "provider_misconfigured");
        }

        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task R7_Redirects_are_not_followed()
    {
        var before = gateway.Provider.Requests.Count;
        gateway.Provider.Answer = FakeProvider.Json("{}", 307, ("Location", gateway.Provider.Address + "/latest/meta-data"));
        AssertError(await RawAsync("post", Chat, """{"model":"m","messages":[]}"""), 502, "provider_error");
        Assert.Equal(before + 1, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task R8_A_refusal_says_that_trying_again_is_no_use_and_the_client_does_not()
    {
        // The client's own default: two more tries where the answer allows them.
        var told = await RunAsync(new { make = "createOpenAI", path = "/v1/proxy/openai", action = "chat", request = new { model = "m", messages = new[] { new { role = "user", content = Prompts.Attack } } } });
        Assert.Equal("false", Headers(told).GetProperty("x-should-retry").GetString());
    }

    private static void AssertError(JsonElement told, int status, string code)
    {
        var error = told.GetProperty("error");
        Assert.Equal((status, code), (error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString()));
        var body = error.GetProperty("body");
        // OpenAI's own errors have a param of null.
        Assert.All(body.EnumerateObject().Where(static field => field.Name != "param"), static field => AssertNoNull(field.Value));
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
        Assert.NotEmpty(error.GetProperty("type").GetString()!);
        Assert.Equal(error.GetProperty("requestID").GetString(), body.GetProperty("request_id").GetString());
        Assert.Equal(Headers(told).GetProperty("x-request-id").GetString(), body.GetProperty("request_id").GetString());
        Assert.StartsWith("application/json", Headers(told).GetProperty("content-type").GetString(), StringComparison.Ordinal);
    }

    private static void AssertNoNull(JsonElement value)
    {
        Assert.NotEqual(JsonValueKind.Null, value.ValueKind);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    AssertNoNull(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    AssertNoNull(element);
                }

                break;
        }
    }

    private static JsonElement Headers(JsonElement told) => Assert.Single(told.GetProperty("wire").EnumerateArray()).GetProperty("headers");

    private Task<JsonElement> RawAsync(string method, string path, string? text, params (string Name, string Value)[] headers)
    {
        var all = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        return RunAsync(new { make = "OpenAI", path = "/v1/proxy/openai", action = "raw", client = new { maxRetries = 0 }, request = new { method, url = gateway.Base + path, text, headers = all } });
    }

    private Task<JsonElement> RunAsync(object call)
    {
        var json = JsonSerializer.SerializeToNode(call, JsonSerializerOptions.Web)!.AsObject();
        json["base"] = gateway.Base;
        json["key"] ??= ProxiedGateway.Key;
        return NodeScripts.RunAsync("proxy.cjs", json);
    }
}
