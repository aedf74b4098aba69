using System.Text.Json;
using LockLLM.Gateway.Tests;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Interop.Tests;

/// <summary>The proxy rows of the conformance list, with the providers' own npm clients and the official wrappers against a real port.</summary>
public sealed class NpmProxyTests(ProxiedGateway gateway) : IClassFixture<ProxiedGateway>
{
    private const string Completion = """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Vinegar."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";
    private const string Message = """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Vinegar."}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}""";

    public static TheoryData<string, string, string> Wrappers => new()
    {
        { "createOpenAI", "openai", "/v1/chat/completions" },
        { "createGroq", "groq", "/openai/v1/chat/completions" },
        { "createDeepSeek", "deepseek", "/v1/chat/completions" },
        { "createPerplexity", "perplexity", "/chat/completions" },
        { "createMistral", "mistral", "/v1/chat/completions" },
        { "createOpenRouter", "openrouter", "/api/v1/chat/completions" },
        { "createTogether", "together", "/v1/chat/completions" },
        { "createXAI", "xai", "/v1/chat/completions" },
        { "createFireworks", "fireworks", "/inference/v1/chat/completions" },
        { "createAnyscale", "anyscale", "/v1/chat/completions" },
        { "createHuggingFace", "huggingface", "/v1/chat/completions" },
        { "createGemini", "gemini", "/v1beta/openai/chat/completions" },
        { "createBedrock", "bedrock", "/openai/v1/chat/completions" },
        { "createVertexAI", "vertex-ai", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions" },
        { "createAzure", "azure", "/openai/v1/chat/completions" },
    };

    [Theory]
    [MemberData(nameof(Wrappers))]
    public async Task Every_wrapper_reaches_its_provider(string make, string provider, string path)
    {
        Answer(Completion);
        var told = await ChatAsync(Prompts.Harmless, make: make, path: "/v1/proxy/" + provider);
        Assert.Equal("Vinegar.", told.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var request = gateway.Provider.Requests[^1];
        Assert.Equal(path, request.Target.Split('?')[0]);
        var key = ProxiedGateway.ProviderKey + provider;
        Assert.Equal(key, provider == "azure" ? request.Header("api-key") : request.Header("Authorization")?["Bearer ".Length..]);
        Assert.DoesNotContain(request.Headers, static header => header.Key.StartsWith("x-lockllm", StringComparison.OrdinalIgnoreCase) || header.Value.Contains(ProxiedGateway.Key, StringComparison.Ordinal));
        Assert.Equal(provider, told.GetProperty("metadata").GetProperty("provider").GetString());
    }

    [Fact]
    public async Task A_harmless_chat_arrives_unchanged_and_its_metadata_is_read()
    {
        Answer(Completion);
        var told = await ChatAsync(Prompts.Harmless, options: new { scanAction = "block", sensitivity = "high" });
        var metadata = told.GetProperty("metadata");
        Assert.True(metadata.GetProperty("scanned").GetBoolean());
        Assert.True(metadata.GetProperty("safe").GetBoolean());
        Assert.Equal(
            ("openai", "combined", "byok", "high", 0, "MISS"),
            (metadata.GetProperty("provider").GetString(), metadata.GetProperty("scan_mode").GetString(), metadata.GetProperty("credits_mode").GetString(),
                metadata.GetProperty("sensitivity").GetString(), metadata.GetProperty("label").GetInt32(), metadata.GetProperty("cache_status").GetString()));
        Assert.Equal(metadata.GetProperty("request_id").GetString(), told.GetProperty("requestId").GetString());
        Assert.Equal(Completion, JsonSerializer.Serialize(told.GetProperty("result"), s_plain));
        Assert.Equal(Prompts.Harmless, JsonDocument.Parse(gateway.Provider.Requests[^1].Body).RootElement.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blocked_attack_is_a_typed_error_of_the_OpenAI_client_after_one_call(bool stream)
    {
        var before = gateway.Provider.Requests.Count;
        var told = await ChatAsync(Prompts.Attack, stream, new { scanAction = "block" });
        var error = told.GetProperty("error");
        Assert.Equal(
            ("BadRequestError", 400, "prompt_injection_detected", "lockllm_security_error"),
            (error.GetProperty("class").GetString(), error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.Object, error.GetProperty("body").GetProperty("scan_result").ValueKind);
        Assert.Equal(Wire(told).GetProperty("headers").GetProperty("x-request-id").GetString(), error.GetProperty("requestID").GetString());
        Assert.True(told.GetProperty("metadata").GetProperty("blocked").GetBoolean());
        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task By_default_an_attack_is_refused()
    {
        var told = await ChatAsync(Prompts.Attack);
        Assert.Equal("prompt_injection_detected", told.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_warned_attack_is_answered_and_its_warning_is_read()
    {
        Answer(Completion);
        var told = await ChatAsync(Prompts.Attack, options: new { scanAction = "allow_with_warning" });
        Assert.True(told.TryGetProperty("result", out _));
        var metadata = told.GetProperty("metadata");
        Assert.False(metadata.GetProperty("safe").GetBoolean());
        Assert.InRange(metadata.GetProperty("scan_warning").GetProperty("injection_score").GetDouble(), 50, 100);
        Assert.Equal(1, told.GetProperty("detail").GetProperty("label").GetInt32());
    }

    [Fact]
    public async Task The_first_event_arrives_before_the_provider_has_sent_the_last()
    {
        var sawFirst = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pieces = Enumerable.Range(0, 50).Select(static i => $$$"""data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"{{{i}}} "}}]}""" + "\n\n").Append("data: [DONE]\n\n").ToArray();
        var events = FakeProvider.Events(pieces, i => i == 0 ? Task.CompletedTask : sawFirst.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        gateway.Provider.Answer = context =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                sawFirst.TrySetResult();
                return Task.CompletedTask;
            }

            return events(context);
        };
        var told = await ChatAsync(Prompts.Harmless, stream: true, afterFirst: gateway.Provider.Address + "/seen");
        Assert.False(told.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal(50, told.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_provider_that_dies_in_mid_stream_is_a_typed_error()
    {
        gateway.Provider.Answer = FakeProvider.EventsThenCut("""data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}""" + "\n\n");
        var told = await ChatAsync(Prompts.Harmless, stream: true);
        Assert.Equal("provider_error", told.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blocked_attack_is_a_typed_error_of_the_Anthropic_client(bool stream)
    {
        var told = await MessagesAsync("messages", Prompts.Attack, stream, new { scanAction = "block" });
        var error = told.GetProperty("error");
        Assert.Equal(("BadRequestError", 400, "error"), (error.GetProperty("class").GetString(), error.GetProperty("status").GetInt32(), error.GetProperty("body").GetProperty("type").GetString()));
        Assert.Equal("prompt_injection_detected", error.GetProperty("body").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(Wire(told).GetProperty("headers").GetProperty("x-request-id").GetString(), error.GetProperty("requestID").GetString());
    }

    [Fact]
    public async Task Anthropic_s_client_gets_its_messages_and_counts()
    {
        Answer(Message);
        var told = await MessagesAsync("messages", Prompts.Harmless);
        Assert.Equal("Vinegar.", told.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString());
        var request = gateway.Provider.Requests[^1];
        Assert.Equal(("/v1/messages", ProxiedGateway.ProviderKey + "anthropic", "2023-06-01"), (request.Target, request.Header("x-api-key"), request.Header("anthropic-version")));
        Assert.Null(request.Header("Authorization"));

        Answer("""{"input_tokens":14}""");
        Assert.Equal(14, (await MessagesAsync("countTokens", Prompts.Harmless)).GetProperty("result").GetProperty("input_tokens").GetInt32());
        Assert.Equal("/v1/messages/count_tokens", gateway.Provider.Requests[^1].Target);
    }

    [Fact]
    public async Task Anthropic_s_events_are_unaltered()
    {
        string[] events =
        [
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
            "event: ping\ndata: {\"type\":\"ping\"}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Vinegar.\"}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ];
        gateway.Provider.Answer = FakeProvider.Events(events);
        var told = await MessagesAsync("messages", Prompts.Harmless, stream: true);
        Assert.Equal(
            events.Where(static text => !text.Contains("ping", StringComparison.Ordinal)).Select(static text => text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..].Trim()),
            told.GetProperty("events").EnumerateArray().Select(static given => JsonSerializer.Serialize(given, s_plain)));
    }

    [Theory]
    [InlineData("/v1/proxy/azure", "gpt-4o", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")]
    [InlineData("/v1/proxy/azure/openai", "gpt-4o", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")]
    public async Task Azure_s_client_reaches_its_deployment_with_its_own_credential_header(string path, string deployment, string target)
    {
        Answer(Completion);
        var told = await RunAsync(new { make = "AzureOpenAI", path, action = "chat", client = new { deployment, maxRetries = 0 }, request = Chat(Prompts.Harmless, false) });
        Assert.True(told.TryGetProperty("result", out _), told.ToString());
        Assert.Equal((target, ProxiedGateway.ProviderKey + "azure"), (gateway.Provider.Requests[^1].Target, gateway.Provider.Requests[^1].Header("api-key")));
    }

    [Fact]
    public async Task The_custom_endpoint_and_the_caller_s_own_key_work()
    {
        Answer(Completion);
        await ChatAsync(Prompts.Harmless, make: "OpenAI", path: "/v1/proxy/custom");
        Assert.Equal("/own/v1/chat/completions", gateway.Provider.Requests[^1].Target);

        var told = await RunAsync(new
        {
            make = "OpenAI",
            path = "/v1/proxy/openai",
            key = "sk-brought-along",
            action = "chat",
            client = new { maxRetries = 0, defaultHeaders = new Dictionary<string, string> { ["X-LockLLM-Key"] = ProxiedGateway.Key } },
            request = Chat(Prompts.Harmless, false),
        });
        Assert.True(told.TryGetProperty("result", out _), told.ToString());
        Assert.Equal("Bearer sk-brought-along", gateway.Provider.Requests[^1].Header("Authorization"));
    }

    [Theory]
    [InlineData("/v1/proxy")]
    [InlineData("/v1/proxy/chat/completions")]
    public async Task Without_a_pool_the_universal_addresses_say_so(string path)
    {
        var error = (await ChatAsync(Prompts.Harmless, make: "OpenAI", path: path)).GetProperty("error");
        Assert.Equal((400, "no_upstream_key"), (error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_provider_s_own_error_passes_unchanged()
    {
        gateway.Provider.Answer = FakeProvider.Json("""{"error":{"message":"Overloaded.","type":"server_error","code":"overloaded"}}""", 503);
        var error = (await ChatAsync(Prompts.Harmless)).GetProperty("error");
        Assert.Equal((503, "overloaded", "server_error"), (error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_provider_that_breaks_the_connection_is_an_upstream_error()
    {
        gateway.Provider.Answer = FakeProvider.Reset();
        var error = (await ChatAsync(Prompts.Harmless)).GetProperty("error");
        Assert.Equal((502, "provider_error", "upstream_error"), (error.GetProperty("status").GetInt32(), error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_provider_cannot_speak_in_the_gateway_s_name()
    {
        gateway.Provider.Answer = FakeProvider.Json(Completion, 200, ("X-LockLLM-Safe", "true"), ("X-LockLLM-Blocked", "true"), ("X-Scan-Mode", "normal"), ("X-Request-Id", "req_of_the_provider"));
        var told = await ChatAsync(Prompts.Attack, options: new { scanAction = "allow_with_warning" });
        var headers = Wire(told).GetProperty("headers");
        Assert.Equal(("false", "combined", "req_of_the_provider"), (headers.GetProperty("x-lockllm-safe").GetString(), headers.GetProperty("x-scan-mode").GetString(), headers.GetProperty("x-lockllm-upstream-request-id").GetString()));
        Assert.False(headers.TryGetProperty("x-lockllm-blocked", out _));
    }

    [Fact]
    public async Task A_wrong_key_is_an_authentication_error_of_either_client()
    {
        var chat = (await RunAsync(new { make = "OpenAI", path = "/v1/proxy/openai", key = "llm_wrong", action = "chat", request = Chat("Hi", false) })).GetProperty("error");
        Assert.Equal(("AuthenticationError", "unauthorized"), (chat.GetProperty("class").GetString(), chat.GetProperty("code").GetString()));
        var messages = await RunAsync(new { make = "Anthropic", path = "/v1/proxy/anthropic", key = "llm_wrong", action = "messages", request = new { model = "m", max_tokens = 9, messages = new[] { new { role = "user", content = "Hi" } } } });
        Assert.Equal("AuthenticationError", messages.GetProperty("error").GetProperty("class").GetString());
        Assert.Equal(Wire(messages).GetProperty("headers").GetProperty("x-request-id").GetString(), messages.GetProperty("error").GetProperty("requestID").GetString());
    }

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private void Answer(string json) => gateway.Provider.Answer = FakeProvider.Json(json);

    private Task<JsonElement> ChatAsync(string text, bool stream = false, object? options = null, string make = "createOpenAI", string path = "/v1/proxy/openai", string? afterFirst = null) =>
        RunAsync(new { make, path, action = "chat", options, afterFirst, client = new { maxRetries = 0 }, request = Chat(text, stream) });

    private Task<JsonElement> MessagesAsync(string action, string text, bool stream = false, object? options = null) =>
        RunAsync(new
        {
            make = "createAnthropic",
            path = "/v1/proxy/anthropic",
            action,
            options,
            client = new { maxRetries = 0 },
            request = action == "countTokens"
                ? (object)new { model = "m", messages = new[] { new { role = "user", content = text } } }
                : new { model = "m", max_tokens = 9, stream, messages = new[] { new { role = "user", content = text } } },
        });

    private Task<JsonElement> RunAsync(object call)
    {
        var json = JsonSerializer.SerializeToNode(call, JsonSerializerOptions.Web)!.AsObject();
        json["base"] = gateway.Base;
        json["key"] ??= ProxiedGateway.Key;
        return NodeScripts.RunAsync("proxy.cjs", json);
    }

    private static object Chat(string text, bool stream) => new { model = "m", stream, messages = new[] { new { role = "user", content = text } } };

    private static JsonElement Wire(JsonElement told) => Assert.Single(told.GetProperty("wire").EnumerateArray());
}
