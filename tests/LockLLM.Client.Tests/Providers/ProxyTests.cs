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
        gateway.Provider.Answer = FakeProvider.EventsThenCut(Answers.OpenAIChunk("one"));
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
