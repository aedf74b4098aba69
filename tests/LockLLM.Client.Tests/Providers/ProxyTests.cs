using Anthropic.Models.Messages;
using LockLLM.Client.Providers;
using LockLLM.Gateway.Tests;
using LockLLM.Interop.Tests;
using Microsoft.Extensions.AI;

namespace LockLLM.Client.Tests.Providers;

/// <summary>Official clients through the gateway's own proxy to a provider: the cases of the conformance list.</summary>
public sealed class ProxyTests(RunningGateway gateway) : IClassFixture<RunningGateway>
{
    private const string ProviderKey = "sk-of-the-provider";

    public static TheoryData<string, string> Providers => new()
    {
        { "openai", "/v1/chat/completions" },
        { "anthropic", "/v1/messages" },
        { "gemini", "/v1beta/openai/chat/completions" },
        { "cohere", "/compatibility/v1/chat/completions" },
        { "openrouter", "/api/v1/chat/completions" },
        { "perplexity", "/chat/completions" },
        { "mistral", "/v1/chat/completions" },
        { "groq", "/openai/v1/chat/completions" },
        { "deepseek", "/v1/chat/completions" },
        { "together", "/v1/chat/completions" },
        { "xai", "/v1/chat/completions" },
        { "fireworks", "/inference/v1/chat/completions" },
        { "anyscale", "/v1/chat/completions" },
        { "huggingface", "/v1/chat/completions" },
        { "azure", "/openai/v1/chat/completions" },
        { "bedrock", "/openai/v1/chat/completions" },
        { "vertex-ai", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions" },
        { "custom", "/own/v1/chat/completions" },
    };

    private LockLlmProxyClientOptions Options(ProxyOptions? proxy = null) => new() { BaseUrl = gateway.Address, ProviderApiKey = ProviderKey, Proxy = proxy ?? new() };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clean_prompt_reaches_the_provider_without_a_trace_of_ours(bool asynchronous)
    {
        gateway.Provider.Answer = FakeProvider.Json(Answers.OpenAI);
        var before = gateway.Provider.Requests.Count;
        var chat = LockLlm.CreateOpenAIClient(RunningGateway.Key, Options()).GetChatClient("m");
        var completion = asynchronous ? await chat.CompleteChatAsync(Prompts.Harmless) : chat.CompleteChat(Prompts.Harmless);
        Assert.Equal("Hello.", completion.Value.Content[0].Text);
        var metadata = ProxyMetadata.Parse(completion.GetRawResponse().Headers);
        Assert.Equal((true, true, "openai", "combined", "byok"), (metadata.Scanned, metadata.Safe, metadata.Provider, metadata.ScanMode, metadata.CreditsMode));
        var sent = gateway.Provider.Requests.Skip(before).Single();
        Assert.Equal("Bearer " + ProviderKey, sent.Header("Authorization"));
        Assert.DoesNotContain(sent.Headers, header => header.Key.StartsWith("X-LockLLM", StringComparison.OrdinalIgnoreCase) || header.Value.Contains(RunningGateway.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attack_is_our_exception_by_default_and_never_reaches_the_provider(bool asynchronous)
    {
        var before = gateway.Provider.Requests.Count;
        var chat = LockLlm.CreateOpenAIClient(RunningGateway.Key, Options()).GetChatClient("m");
        using var call = ProxyCall.Begin();
        var refused = asynchronous
            ? await Assert.ThrowsAsync<PromptInjectionException>(() => chat.CompleteChatAsync(Prompts.Attack))
            : Assert.Throws<PromptInjectionException>(() => chat.CompleteChat(Prompts.Attack));
        Assert.Equal((400, "lockllm_security_error", "prompt_injection_detected"), (refused.Status, refused.Type, refused.Code));
        Assert.InRange(refused.ScanResult!.InjectionScore!.Value, 50, 100);
        Assert.Equal(call.Metadata!.RequestId, refused.RequestId);
        Assert.True(call.Metadata.Blocked);
        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_provider_is_reached_by_its_name_with_the_stored_key_and_guarded(string provider, string path)
    {
        gateway.Provider.Answer = FakeProvider.Json(provider == "anthropic" ? Answers.Anthropic : Answers.OpenAI);
        using var chat = LockLlm.CreateChatClient(provider, "m", RunningGateway.Key, new() { BaseUrl = gateway.Address });
        var response = await chat.GetResponseAsync(Prompts.Harmless);
        Assert.Equal(("Hello.", provider), (response.Text, response.GetLockLlmMetadata()!.Provider));
        var sent = gateway.Provider.Requests[^1];
        var credential = sent.Header("x-api-key") ?? sent.Header("api-key") ?? sent.Header("Authorization")?["Bearer ".Length..];
        Assert.Equal((path, RunningGateway.StoredKey + provider), (sent.Target.Split('?')[0], credential));
        var before = gateway.Provider.Requests.Count;
        await Assert.ThrowsAsync<PromptInjectionException>(() => chat.GetResponseAsync(Prompts.Attack));
        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task A_deployment_of_Azure_is_reached_with_its_version()
    {
        gateway.Provider.Answer = FakeProvider.Json(Answers.OpenAI);
        var chat = LockLlm.CreateAzureClient("gpt-4o", "2024-10-21", RunningGateway.Key, new() { BaseUrl = gateway.Address }).GetChatClient("gpt-4o");
        await chat.CompleteChatAsync(Prompts.Harmless);
        var sent = gateway.Provider.Requests[^1];
        Assert.Equal(("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", RunningGateway.StoredKey + "azure"), (sent.Target, sent.Header("api-key")));
        await Assert.ThrowsAsync<PromptInjectionException>(() => chat.CompleteChatAsync(Prompts.Attack));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_guard_in_front_of_a_model_without_proxy_asks_the_gateway(bool streaming)
    {
        gateway.Provider.Answer = streaming ? FakeProvider.Events([Answers.OpenAIChunk("Hello."), Answers.EndOfOpenAI]) : FakeProvider.Json(Answers.OpenAI);
        await using var scanner = gateway.Client();
        using var chat = new OpenAI.OpenAIClient(new System.ClientModel.ApiKeyCredential("sk-direct"), new() { Endpoint = new Uri(gateway.Provider.Address + "/v1") })
            .GetChatClient("m").AsIChatClient().AsBuilder().UseLockLlm(scanner).Build();
        async Task<string> AskAsync(string prompt) =>
            streaming ? string.Concat(await chat.GetStreamingResponseAsync(prompt).Select(update => update.Text).ToListAsync()) : (await chat.GetResponseAsync(prompt)).Text;
        Assert.Equal("Hello.", await AskAsync(Prompts.Harmless));
        var before = gateway.Provider.Requests.Count;
        Assert.Equal(400, (await Assert.ThrowsAsync<PromptInjectionException>(() => AskAsync(Prompts.Attack))).Status);
        Assert.Equal(before, gateway.Provider.Requests.Count);
    }

    [Fact]
    public async Task An_attack_let_through_is_told_in_the_metadata()
    {
        gateway.Provider.Answer = FakeProvider.Json(Answers.OpenAI);
        using var chat = LockLlm.CreateChatClient("openai", "m", RunningGateway.Key, Options());
        var response = await chat.GetResponseAsync(Prompts.Attack, new ChatOptions().WithLockLlm(new() { ScanAction = ScanAction.AllowWithWarning }));
        var metadata = response.GetLockLlmMetadata()!;
        Assert.False(metadata.Safe);
        Assert.InRange(metadata.ScanWarning!.InjectionScore!.Value, 50, 100);
        Assert.Equal(1, metadata.ScanDetail!.Value.GetProperty("label").GetInt32());
    }

    [Fact]
    public async Task Streams_flow_and_their_refusals_and_failures_are_our_exceptions()
    {
        var chat = LockLlm.CreateOpenAIClient(RunningGateway.Key, Options()).GetChatClient("m");
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Provider.Answer = FakeProvider.Events(
            [Answers.OpenAIChunk("one"), Answers.OpenAIChunk("two"), Answers.EndOfOpenAI], piece => piece == 1 ? seen.Task.WaitAsync(TimeSpan.FromSeconds(30)) : Task.CompletedTask);
        var texts = new List<string>();
        await foreach (var update in chat.CompleteChatStreamingAsync(Prompts.Harmless))
        {
            texts.AddRange(update.ContentUpdate.Select(part => part.Text));
            seen.TrySetResult();
        }

        Assert.Equal(["one", "two"], texts);
        await Assert.ThrowsAsync<PromptInjectionException>(async () => { await foreach (var _ in chat.CompleteChatStreamingAsync(Prompts.Attack)) { } });
        Assert.Throws<PromptInjectionException>(() => { foreach (var _ in chat.CompleteChatStreaming(Prompts.Attack)) { } });
        gateway.Provider.Answer = FakeProvider.EventsThenCut(Answers.OpenAIChunk("one"));
        Assert.Throws<LockLlmUpstreamException>(() => { foreach (var _ in chat.CompleteChatStreaming(Prompts.Harmless)) { } });
        var failed = await Assert.ThrowsAsync<LockLlmUpstreamException>(async () => { await foreach (var _ in chat.CompleteChatStreamingAsync(Prompts.Harmless)) { } });
        Assert.Equal("provider_error", failed.Code);
    }

    [Fact]
    public async Task The_anthropic_client_is_guarded_likewise()
    {
        var client = LockLlm.CreateAnthropicClient(RunningGateway.Key, Options());
        MessageCreateParams Saying(string text) => new() { Model = "m", MaxTokens = 10, Messages = [new UserMessageParam { Content = text }] };
        gateway.Provider.Answer = FakeProvider.Json(Answers.Anthropic);
        Assert.Equal("msg_1", (await client.Messages.Create(Saying(Prompts.Harmless))).ID);
        var sent = gateway.Provider.Requests[^1];
        Assert.Equal(("/v1/messages", ProviderKey), (sent.Target, sent.Header("x-api-key")));
        Assert.Equal(400, (await Assert.ThrowsAsync<PromptInjectionException>(() => client.Messages.Create(Saying(Prompts.Attack)))).Status);
        await Assert.ThrowsAsync<PromptInjectionException>(async () => { await foreach (var _ in client.Messages.CreateStreaming(Saying(Prompts.Attack))) { } });
        gateway.Provider.Answer = FakeProvider.EventsThenCut([.. Answers.AnthropicEvents("one")]);
        await Assert.ThrowsAsync<LockLlmUpstreamException>(async () => { await foreach (var _ in client.Messages.CreateStreaming(Saying(Prompts.Harmless))) { } });
    }

    [Fact]
    public async Task The_npm_parser_reads_the_same_from_the_gateways_answer()
    {
        await NodeScripts.InstallAsync();
        gateway.Provider.Answer = FakeProvider.Json(Answers.OpenAI);
        using var http = new HttpClient(new LockLlmHttpHandler(new() { ApiKey = RunningGateway.Key, BaseUrl = gateway.Address, ProviderApiKey = ProviderKey, Proxy = new() { ScanAction = ScanAction.AllowWithWarning } }));
        foreach (var prompt in (string[])[Prompts.Harmless, Prompts.Attack])
        {
            var body = System.Text.Json.JsonSerializer.Serialize(new { model = "m", messages = new[] { new { role = "user", content = prompt } } });
            using var answer = await http.PostAsync(ProxyUrls.For("openai", gateway.Address) + "/chat/completions", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            // The same headers once more, from a server that the npm package can ask.
            await using var replay = await ScriptedServer.StartAsync(200, "{}", [.. answer.Headers.Where(header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, string.Join(", ", header.Value)))]);
            await MetadataTests.AssertSameAsNpmAsync(ProxyMetadata.Parse(answer.Headers), replay.Address);
        }
    }
}
