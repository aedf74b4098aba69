using System.ClientModel;
using LockLLM.Client.Providers;
using LockLLM.Contracts;
using Microsoft.AspNetCore.Http;
using OpenAI;
using OpenAI.Chat;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests.Providers;

public class OpenAIClientTests
{
    public static TheoryData<int, string, Type> Refusals => new()
    {
        { 400, WireSamples.Injection, typeof(PromptInjectionException) },
        { 403, WireSamples.Policy, typeof(PolicyViolationException) },
        { 403, WireSamples.Pii, typeof(PiiDetectedException) },
        { 400, WireSamples.Abuse, typeof(AbuseDetectedException) },
        { 402, WireSamples.Balance, typeof(InsufficientCreditsException) },
        { 401, WireSamples.Unauthorized, typeof(LockLlmAuthenticationException) },
        { 429, WireSamples.RateLimited, typeof(LockLlmRateLimitException) },
        { 400, WireSamples.NoKey, typeof(LockLlmConfigurationException) },
        { 502, WireSamples.Upstream, typeof(LockLlmUpstreamException) },
        { 413, WireSamples.TooLong, typeof(LockLlmException) },
        { 500, WireSamples.Internal, typeof(LockLlmException) },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_goes_through_the_proxy_with_all_its_options(bool asynchronous)
    {
        await using var server = await StartAsync(200, Answers.OpenAI, WireSamples.PlainHeaders);
        var chat = Client(server, options => options.Proxy = new() { ScanAction = ScanAction.Block, CacheTtl = TimeSpan.FromSeconds(5), Headers = new Dictionary<string, string> { ["X-Team"] = "blue" } }).GetChatClient("m");
        var completion = asynchronous ? await chat.CompleteChatAsync("Hi") : chat.CompleteChat("Hi");
        Assert.Equal("Hello.", completion.Value.Content[0].Text);
        Assert.Equal("openai", ProxyMetadata.Parse(completion.GetRawResponse().Headers).Provider);

        var asked = Assert.Single(server.Requests);
        Assert.Equal("/v1/proxy/openai/chat/completions", asked.Path);
        Assert.Equal(("Bearer " + Key, "block", "5", "blue"), (asked.Headers["Authorization"], asked.Headers["X-LockLLM-Scan-Action"], asked.Headers["X-LockLLM-Cache-TTL"], asked.Headers["X-Team"]));
        Assert.Matches("^req_", asked.Headers["X-Request-Id"]);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_the_gateway_refuses_is_our_exception(int status, string body, Type type)
    {
        await using var server = await StartAsync(status, body, ("x-should-retry", "false"), ("X-LockLLM-Blocked", "true"));
        var chat = Client(server).GetChatClient("m");
        using var call = ProxyCall.Begin();
        var failures = new[]
        {
            await Record.ExceptionAsync(() => chat.CompleteChatAsync(WireSamples.Prompt)),
            Record.Exception(() => chat.CompleteChat(WireSamples.Prompt)),
            await Record.ExceptionAsync(async () => { await foreach (var _ in chat.CompleteChatStreamingAsync(WireSamples.Prompt)) { } }),
            Record.Exception(() => { foreach (var _ in chat.CompleteChatStreaming(WireSamples.Prompt)) { } }),
        };
        Assert.All(failures, failure => Assert.Equal((type, status), (failure!.GetType(), ((LockLlmException)failure).Status)));
        Assert.Equal(4, server.Requests.Count);
        Assert.True(call.Metadata!.Blocked);
    }

    [Fact]
    public async Task Errors_of_the_provider_stay_those_of_its_client()
    {
        await using var server = await StartAsync(400, Answers.OpenAIError, ("X-LockLLM-Upstream-Status", "400"));
        var failed = await Assert.ThrowsAsync<ClientResultException>(() => Client(server).GetChatClient("m").CompleteChatAsync("Hi"));
        Assert.Equal(400, failed.Status);
        Assert.Contains("context_length_exceeded", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task There_is_one_retry_policy(int status)
    {
        await using var server = await StartAsync(status, "{}");
        var clock = new HastyClock();
        var chat = Client(server, options => (options.TimeProvider, options.Jitter) = (clock, () => 0)).GetChatClient("m");
        Assert.Equal(status, (await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync("Hi"))).Status);
        Assert.Equal(4, server.Requests.Count);
        Assert.Throws<ClientResultException>(() => chat.CompleteChat("Hi"));
        Assert.Equal(8, server.Requests.Count);
        Assert.Equal([1d, 2, 4, 1, 2, 4], clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(2, server.Requests.Select(asked => asked.Headers["X-Request-Id"]).Distinct().Count());
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(504)]
    public async Task What_we_do_not_repeat_the_provider_client_does_not_either(int status)
    {
        await using var server = await StartAsync(status, "{}");
        await Assert.ThrowsAsync<ClientResultException>(() => Client(server).GetChatClient("m").CompleteChatAsync("Hi"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Nobody_there_is_our_network_error_and_untyped_if_so_wanted()
    {
        var options = new LockLlmProxyClientOptions { BaseUrl = new Uri("http://127.0.0.1:1"), TimeProvider = new HastyClock() };
        await Assert.ThrowsAsync<LockLlmNetworkException>(() => LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChatAsync("Hi"));
        options.ThrowTypedErrors = false;
        await Assert.ThrowsAsync<ClientResultException>(() => LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChatAsync("Hi"));
    }

    [Fact]
    public async Task Typed_errors_can_be_switched_off()
    {
        await using var server = await StartAsync(400, WireSamples.Injection);
        var failed = await Assert.ThrowsAsync<ClientResultException>(() => Client(server, options => options.ThrowTypedErrors = false).GetChatClient("m").CompleteChatAsync("Hi"));
        Assert.Contains("prompt_injection_detected", failed.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_arrives_as_it_is_sent(bool asynchronous)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async (context, _) =>
        {
            await Answers.StreamAsync(context, [Answers.OpenAIChunk("one")]);
            await seen.Task.WaitAsync(TimeSpan.FromSeconds(30)); // the rest follows only when the first was seen
            await Answers.StreamAsync(context, [Answers.OpenAIChunk("two"), Answers.EndOfOpenAI]);
        });
        var chat = Client(server).GetChatClient("m");
        var texts = new List<string>();
        void Take(StreamingChatCompletionUpdate update)
        {
            texts.AddRange(update.ContentUpdate.Select(part => part.Text));
            seen.TrySetResult();
        }

        if (asynchronous)
        {
            await foreach (var update in chat.CompleteChatStreamingAsync("Hi"))
            {
                Take(update);
            }
        }
        else
        {
            await Task.Run(() =>
            {
                foreach (var update in chat.CompleteChatStreaming("Hi"))
                {
                    Take(update);
                }
            });
        }

        Assert.Equal(["one", "two"], texts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_in_the_midst_of_a_stream_is_our_exception(bool announced)
    {
        await using var server = await StartAsync(async (context, _) =>
        {
            await Answers.StreamAsync(context, announced ? [Answers.OpenAIChunk("one"), Answers.MidStreamError] : [Answers.OpenAIChunk("one")]);
            if (!announced)
            {
                // After this Kestrel sends what is written and closes without ending the body.
                throw new InvalidOperationException("Cut off on purpose.");
            }
        });
        var texts = new List<string>();
        var failed = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in Client(server).GetChatClient("m").CompleteChatStreamingAsync("Hi"))
            {
                texts.AddRange(update.ContentUpdate.Select(part => part.Text));
            }
        });
        Assert.Equal("one", Assert.Single(texts));
        if (announced)
        {
            Assert.Equal(("provider_error", "req_9c5"), (Assert.IsType<LockLlmUpstreamException>(failed).Code, ((LockLlmException)failed).RequestId));
        }
        else
        {
            Assert.IsType<LockLlmNetworkException>(failed);
        }
    }

    [Fact]
    public async Task A_model_may_speak_of_errors_in_a_stream()
    {
        await using var server = await StartAsync((context, _) => Answers.StreamAsync(context, [Answers.OpenAIChunk("""{\"error\":{\"type\":\"lockllm_security_error\"}}"""), Answers.EndOfOpenAI]));
        var text = "";
        await foreach (var update in Client(server).GetChatClient("m").CompleteChatStreamingAsync("Hi"))
        {
            text += update.ContentUpdate[0].Text;
        }

        Assert.Equal("""{"error":{"type":"lockllm_security_error"}}""", text);
    }

    [Fact]
    public async Task Options_of_one_call_win_and_what_the_gateway_told_comes_back()
    {
        await using var server = await StartAsync(200, Answers.OpenAI, WireSamples.AllHeaders);
        var chat = Client(server, options => options.Proxy = new() { ScanAction = ScanAction.Block, Sensitivity = Sensitivity.Low }).GetChatClient("m");
        using (var call = ProxyCall.Begin(new() { ScanAction = ScanAction.AllowWithWarning }))
        {
            await chat.CompleteChatAsync("Hi");
            Assert.Equal(83.5, call.Metadata!.ScanWarning!.InjectionScore);
        }

        await chat.CompleteChatAsync("Hi");
        Assert.Equal(["allow_with_warning", "block"], server.Requests.Select(asked => asked.Headers["X-LockLLM-Scan-Action"]));
        Assert.All(server.Requests, asked => Assert.Equal("low", asked.Headers["X-LockLLM-Sensitivity"]));
    }

    [Fact]
    public async Task Cancelling_is_no_failure()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync((_, _) =>
        {
            asked.SetResult();
            return over.Task;
        });
        using var cancel = new CancellationTokenSource();
        var call = Client(server).GetChatClient("m").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        over.SetResult();
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Every_provider_has_its_address()
    {
        await using var server = await StartAsync(200, Answers.OpenAI);
        var options = new LockLlmProxyClientOptions { BaseUrl = server.Address };
        OpenAIClient[] clients =
        [
            LockLlm.CreateOpenAIClient(Key, options), LockLlm.CreateGeminiClient(Key, options), LockLlm.CreateCohereClient(Key, options), LockLlm.CreateOpenRouterClient(Key, options),
            LockLlm.CreatePerplexityClient(Key, options), LockLlm.CreateMistralClient(Key, options), LockLlm.CreateGroqClient(Key, options), LockLlm.CreateDeepSeekClient(Key, options),
            LockLlm.CreateTogetherClient(Key, options), LockLlm.CreateXAIClient(Key, options), LockLlm.CreateFireworksClient(Key, options), LockLlm.CreateAnyscaleClient(Key, options),
            LockLlm.CreateHuggingFaceClient(Key, options), LockLlm.CreateBedrockClient(Key, options), LockLlm.CreateVertexAIClient(Key, options), LockLlm.CreateCustomClient(Key, options),
            LockLlm.CreateOpenAICompatibleClient(ProviderNames.Azure, Key, options), LockLlm.CreateOpenAICompatibleClient(ProviderNames.Anthropic, Key, options),
            LockLlm.CreateUniversalClient(Key, options), LockLlm.CreateAzureClient("my gpt", "2024-10-21", Key, options),
        ];
        foreach (var client in clients)
        {
            await client.GetChatClient("m").CompleteChatAsync("Hi");
        }

        string[] expected =
        [
            .. ProviderNames.All.Select(name => $"/v1/proxy/{name}/chat/completions"),
            "/v1/proxy/chat/completions", "/v1/proxy/azure/deployments/my%20gpt/chat/completions?api-version=2024-10-21",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), server.Requests.Select(asked => asked.Path).Order(StringComparer.Ordinal));
        Assert.Throws<LockLlmConfigurationException>(() => LockLlm.CreateOpenAICompatibleClient("nobody", Key, options));
        Assert.Throws<LockLlmConfigurationException>(() => LockLlm.CreateOpenAIClient(" ", options));
    }

    [Fact]
    public async Task A_key_of_the_provider_travels_beside_ours()
    {
        await using var server = await StartAsync(200, Answers.OpenAI);
        await Client(server, options => options.ProviderApiKey = "sk-own").GetChatClient("m").CompleteChatAsync("Hi");
        var asked = Assert.Single(server.Requests);
        Assert.Equal(("Bearer sk-own", Key), (asked.Headers["Authorization"], asked.Headers["X-LockLLM-Key"]));
    }

    [Fact]
    public async Task The_handler_guards_any_client_and_lets_none_pass_the_gateway_by()
    {
        await using var server = await StartAsync((context, number) => AnswerAsync(context, number == 0 ? 200 : 400, number == 0 ? "{}" : WireSamples.Injection));
        await using var elsewhere = await StartAsync(200, "{}");
        using var http = new HttpClient(new LockLlmHttpHandler(new() { ApiKey = Key, BaseUrl = server.Address }));
        using var answer = await http.PostAsync(ProxyUrls.For("groq", server.Address) + "/chat/completions", new StringContent("{}"));
        Assert.Equal("Bearer " + Key, Assert.Single(server.Requests).Headers["Authorization"]);
        await Assert.ThrowsAsync<PromptInjectionException>(() => http.PostAsync(ProxyUrls.For("groq", server.Address) + "/chat/completions", new StringContent("{}")));
        await Assert.ThrowsAsync<LockLlmConfigurationException>(() => http.GetAsync(elsewhere.Address));
        Assert.Empty(elsewhere.Requests);
    }

    private static OpenAIClient Client(ScriptedServer server, Action<LockLlmProxyClientOptions>? configure = null)
    {
        var options = new LockLlmProxyClientOptions { BaseUrl = server.Address, TimeProvider = new HastyClock() };
        configure?.Invoke(options);
        return LockLlm.CreateOpenAIClient(Key, options);
    }
}
