using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Proxy.Protocols;

namespace LockLLM.Gateway.Tests.Proxy;

/// <summary>What each provider's official client is answered when the gateway refuses.</summary>
public sealed class RouteErrorTests
{
    private const string Attack = "red violet";

    public static TheoryData<string, string> Routes => new()
    {
        { "openai-chat", "openai/chat/completions" },
        { "openai-responses", "openai/responses" },
        { "anthropic", "anthropic/v1/messages" },
        { "gemini", "gemini/v1beta/models/gemini-2.5-flash:generateContent" },
        { "gemini-stream", "gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent" },
        { "cohere", "cohere/v2/chat" },
        { "bedrock", "bedrock/model/amazon.nova-lite-v1:0/converse-stream" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_refusal_has_the_shape_of_its_route(string name, string path)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        var body = Body(path).With(Attack);
        foreach (var asked in (string[])[body, body.Insert(1, "\"stream\":true,")])
        {
            using var response = await proxied.CreateCaller().PostAsync(path, asked, (HeaderNames.RequestId, "req_approved"));
            Assert.Empty(proxied.Provider.Requests);
            var headers = response.Headers.Concat(response.Content.Headers)
                .Where(static header => !header.Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
                .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);
            var json = JsonSerializer.Serialize(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, s_indented);
            ApprovedFile.Match($"proxy-refused-{name}.txt", $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{json}");
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_error_of_a_route_has_its_shape(string name, string path)
    {
        Assert.NotEmpty(name);
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings: [("LockLLM:Proxy:MaxRequestBytes", "65536")]);
        var caller = proxied.CreateCaller();
        var harmless = Body(path).With("Hi");
        await AssertAsync(await caller.PostAsync(path, "{"), 400, "invalid_json");
        await AssertAsync(await caller.PostAsync(path, new string('[', 1000)), 400, "invalid_json");
        await AssertAsync(await caller.PostAsync(path, "{\"a\":\"" + new string('a', 70_000) + "\"}"), 413, "request_too_large");
        await AssertAsync(await caller.PostAsync(path, harmless, (HeaderNames.Sensitivity, "extreme")), 400, "invalid_parameter");
        await AssertAsync(await caller.PostAsync(path, harmless, (HeaderNames.PiiAction, "strip")), 400, "feature_unavailable");
        using var text = new StringContent(harmless);
        text.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        await AssertAsync(await caller.PostAsync("/v1/proxy/" + path, text), 415, "unsupported_media_type");
        caller.DefaultRequestHeaders.Authorization = null;
        await AssertAsync(await caller.PostAsync(path, harmless), 400, "no_upstream_key");
        Assert.Empty(proxied.Provider.Requests);

        async Task AssertAsync(HttpResponseMessage response, int status, string code)
        {
            using (response)
            {
                var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
                var error = answer.GetProperty("error");
                Assert.Equal((status, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
                Assert.Equal(response.Header(HeaderNames.RequestId), error.GetProperty("request_id").GetString());
                Assert.NotEmpty(error.GetProperty("message").GetString()!);
                Assert.NotEmpty(error.GetProperty("type").GetString()!);
                Assert.Equal(("false", "false"), (response.Header(HeaderNames.Scanned), response.Header(HeaderNames.Safe)));
                if (path.StartsWith("gemini", StringComparison.Ordinal))
                {
                    Assert.Equal(status, error.GetProperty("code").GetInt32());
                    Assert.Equal(code, error.GetProperty("details")[0].GetProperty("metadata").GetProperty("code").GetString());
                }
                else
                {
                    Assert.Equal(code, error.GetProperty("code").GetString());
                    Assert.Equal(path.StartsWith("cohere", StringComparison.Ordinal) || path.StartsWith("bedrock", StringComparison.Ordinal), answer.Has("message"));
                }

                if (path.StartsWith("anthropic", StringComparison.Ordinal))
                {
                    Assert.Equal(response.Header(HeaderNames.RequestId), response.Header("request-id"));
                }
            }
        }
    }

    [Fact]
    public async Task Anthropic_clients_are_told_the_provider_s_own_id_where_it_answered()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        proxied.Provider.Answer = FakeProvider.Json("{}", 200, ("request-id", "req_of_the_provider"));
        using var response = await proxied.CreateCaller().PostAsync("anthropic/v1/messages", Body("anthropic/v1/messages").With("Hi"));
        Assert.Equal("req_of_the_provider", response.Header("request-id"));
        using var stranger = await proxied.Gateway.CreateClient().PostAsync("anthropic/v1/messages", "{}");
        Assert.Equal((HttpStatusCode.Unauthorized, stranger.Header(HeaderNames.RequestId)), (stranger.StatusCode, stranger.Header("request-id")));
    }

    [Theory]
    [InlineData("nobody/chat/completions", 404, "provider_not_found")]
    [InlineData("", 404, "provider_not_found")]
    [InlineData("openai/chat//completions", 400, "invalid_request")]
    [InlineData("openai/files%2Fcompletions", 400, "invalid_request")]
    [InlineData("chat/completions", 400, "no_upstream_key")]
    [InlineData("chat/completions/chat/completions", 400, "no_upstream_key")]
    [InlineData("v1/chat/completions", 400, "no_upstream_key")]
    [InlineData("models", 400, "no_upstream_key")]
    public async Task Addresses_that_lead_nowhere_are_refused(string path, int status, string code)
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        using var response = await proxied.CreateCaller().PostAsync(path, """{"messages":[]}""");
        await response.ErrorAsync((HttpStatusCode)status, code);
        Assert.Empty(proxied.Provider.Requests);
    }

    /// <summary>100,000 of them; LOCKLLM_FUZZ_BODIES sets how many and LOCKLLM_FUZZ_SEED where to begin.</summary>
    [Fact]
    public async Task No_body_brings_the_proxy_down_or_gets_through_broken()
    {
        const int Connections = 8;
        var first = Setting("LOCKLLM_FUZZ_SEED", 0);
        var count = Setting("LOCKLLM_FUZZ_BODIES", 100_000);
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, keepsLogs: false);
        proxied.Gateway.StartKestrel();
        using var caller = proxied.CreateCaller();
        var passed = 0;
        await Parallel.ForAsync(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (number, _) =>
        {
            var (place, body) = BodyMutations.Of(number);
            using var response = await caller.PostAsync(place.Path, body);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref passed);
                return;
            }

            var answer = await response.Content.ReadAsByteArrayAsync();
            Assert.True(IsRefusal(place, (int)response.StatusCode, answer), $"Body {number}, {place}: {response.StatusCode} {Encoding.UTF8.GetString(answer)} to {Convert.ToBase64String(body)}");
        });
        Assert.Equal(passed, proxied.Provider.Requests.Count);
        Assert.InRange(passed, count / 100, count - (count / 100));
        Assert.All(proxied.Provider.Requests, static request => JsonDocument.Parse(request.Body).Dispose());

        static int Setting(string name, int standard) =>
            Environment.GetEnvironmentVariable(name) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : standard;
    }

    // 4xx in the shape of its route: Google's code is a number, the others' a word.
    private static bool IsRefusal(FieldPlace place, int status, byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        return status is >= 400 and < 500
            && json.RootElement.TryGetProperty("error", out var error)
            && error.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 }
            && error.TryGetProperty("request_id", out _)
            && error.TryGetProperty("code", out var code)
            && (place.Path.StartsWith("gemini", StringComparison.Ordinal) ? code.ValueKind == JsonValueKind.Number && code.GetInt32() == status : code.ValueKind == JsonValueKind.String);
    }

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static FieldPlace Body(string path) => FieldPlaces.All.First(place => place.Path == path || place.Path == path.Replace("-stream", "", StringComparison.Ordinal));
}
