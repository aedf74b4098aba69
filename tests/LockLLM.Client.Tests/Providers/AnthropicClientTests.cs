using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using LockLLM.Client.Providers;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests.Providers;

public class AnthropicClientTests
{
    private static readonly MessageCreateParams s_hello = new() { Model = "m", MaxTokens = 10, Messages = [new UserMessageParam { Content = "Hi" }] };

    [Fact]
    public async Task A_call_goes_through_the_proxy_with_all_its_options()
    {
        await using var server = await StartAsync(200, Answers.Anthropic, WireSamples.PlainHeaders);
        using var call = ProxyCall.Begin(new() { PiiAction = PiiAction.Strip });
        var message = await Client(server, options => options.Proxy = new() { ScanAction = ScanAction.Block }).Messages.Create(s_hello);
        Assert.Equal("msg_1", message.ID);
        var asked = Assert.Single(server.Requests);
        Assert.Equal("/v1/proxy/anthropic/v1/messages", asked.Path);
        Assert.Equal((Key, "block", "strip"), (asked.Headers["x-api-key"], asked.Headers["X-LockLLM-Scan-Action"], asked.Headers["X-LockLLM-PII-Action"]));
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        Assert.Equal("req_8Aa2", call.Metadata!.RequestId);
    }

    [Theory]
    [MemberData(nameof(OpenAIClientTests.Refusals), MemberType = typeof(OpenAIClientTests))]
    public async Task What_the_gateway_refuses_is_our_exception(int status, string body, System.Type type)
    {
        await using var server = await StartAsync(status, body, ("x-should-retry", "false"));
        var client = Client(server);
        var failures = new[]
        {
            await Record.ExceptionAsync(() => client.Messages.Create(s_hello)),
            await Record.ExceptionAsync(async () => { await foreach (var _ in client.Messages.CreateStreaming(s_hello)) { } }),
        };
        Assert.All(failures, failure => Assert.Equal((type, status), (failure!.GetType(), ((LockLlmException)failure).Status)));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Errors_of_the_provider_stay_those_of_its_client()
    {
        await using var server = await StartAsync(400, Answers.AnthropicError);
        await Assert.ThrowsAsync<AnthropicBadRequestException>(() => Client(server).Messages.Create(s_hello));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task There_is_one_retry_policy()
    {
        await using var server = await StartAsync(503, "{}");
        await Assert.ThrowsAnyAsync<AnthropicException>(() => Client(server).Messages.Create(s_hello));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Nobody_there_is_our_network_error()
    {
        var client = LockLlm.CreateAnthropicClient(Key, new() { BaseUrl = new Uri("http://127.0.0.1:1"), TimeProvider = new HastyClock() });
        await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.Messages.Create(s_hello));
    }

    [Fact]
    public async Task A_stream_passes_and_an_error_in_its_midst_is_our_exception()
    {
        await using var server = await StartAsync((context, number) =>
            Answers.StreamAsync(context, Answers.AnthropicEvents("one").Concat(number == 0 ? Answers.EndOfAnthropic() : [Answers.AnthropicMidStreamError])));
        var client = Client(server);
        var events = new List<RawMessageStreamEvent>();
        await foreach (var told in client.Messages.CreateStreaming(s_hello))
        {
            events.Add(told);
        }

        Assert.Equal(6, events.Count);
        var count = 0;
        var failed = await Assert.ThrowsAsync<LockLlmUpstreamException>(async () =>
        {
            await foreach (var _ in client.Messages.CreateStreaming(s_hello))
            {
                count++;
            }
        });
        Assert.Equal((3, "provider_error", "req_9c5"), (count, failed.Code, failed.RequestId));
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
        var call = Client(server).Messages.Create(s_hello, cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        over.SetResult();
        Assert.Single(server.Requests);
    }

    private static AnthropicClient Client(ScriptedServer server, Action<LockLlmProxyClientOptions>? configure = null)
    {
        var options = new LockLlmProxyClientOptions { BaseUrl = server.Address, TimeProvider = new HastyClock() };
        configure?.Invoke(options);
        return LockLlm.CreateAnthropicClient(Key, options);
    }
}
