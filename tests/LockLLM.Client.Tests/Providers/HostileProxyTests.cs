using Anthropic.Models.Messages;
using LockLLM.Client.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests.Providers;

/// <summary>Whatever stands where a gateway should be, callers of the guarded clients see our exceptions too.</summary>
public class HostileProxyTests
{
    private const string Page = "<html><head><title>Bad Gateway</title></head></html>";

    public static TheoryData<string> Doors() => new(Calls.Keys);

    private static Dictionary<string, Func<LockLlmProxyClientOptions, Task>> Calls { get; } = new(StringComparer.Ordinal)
    {
        ["OpenAI"] = options => LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChatAsync("Hi"),
        ["OpenAI, synchronous"] = options => Task.Run(() => LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChat("Hi")),
        ["OpenAI, streaming"] = async options => { await foreach (var _ in LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChatStreamingAsync("Hi")) { } },
        ["OpenAI, streaming synchronously"] = options => Task.Run(() => { foreach (var _ in LockLlm.CreateOpenAIClient(Key, options).GetChatClient("m").CompleteChatStreaming("Hi")) { } }),
        ["Anthropic"] = options => LockLlm.CreateAnthropicClient(Key, options).Messages.Create(Hello),
        ["Anthropic, streaming"] = async options => { await foreach (var _ in LockLlm.CreateAnthropicClient(Key, options).Messages.CreateStreaming(Hello)) { } },
        ["IChatClient"] = options => LockLlm.CreateChatClient("mistral", "m", Key, options).GetResponseAsync("Hi"),
        ["IChatClient, streaming"] = async options => { await foreach (var _ in LockLlm.CreateChatClient("anthropic", "m", Key, options).GetStreamingResponseAsync("Hi")) { } },
    };

    private static MessageCreateParams Hello => new() { Model = "m", MaxTokens = 10, Messages = [new UserMessageParam { Content = "Hi" }] };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task An_error_page_is_our_exception(string door)
    {
        foreach (var status in (int[])[400, 401, 403, 404, 413, 500, 502, 503, 504, 302])
        {
            foreach (var body in (string[])[Page, "", "{\"error\":", "null"])
            {
                await using var server = await StartAsync(status, body);
                var failed = await Assert.ThrowsAnyAsync<LockLlmException>(() => Calls[door](Options(server)));
                Assert.Equal((status, true), (failed.Status, failed.Message.Length < 200));
                Assert.StartsWith("req_", failed.RequestId, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_web_page_in_place_of_an_answer_is_our_exception(string door)
    {
        await using var server = await StartAsync((context, _) =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(Page);
        });
        var failed = await Assert.ThrowsAsync<LockLlmException>(() => Calls[door](Options(server)));
        Assert.Equal(("invalid_response", 200), (failed.Code, failed.Status));
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_storm_of_429_ends_after_the_repetitions(string door)
    {
        await using var server = await StartAsync(429, Page, ("Retry-After", "1"));
        var limited = await Assert.ThrowsAsync<LockLlmRateLimitException>(() => Calls[door](Options(server)));
        Assert.Equal((TimeSpan.FromSeconds(1), 4), (limited.RetryAfter, server.Requests.Count));
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_that_stalls_is_given_up_on(string door)
    {
        foreach (var status in (int[])[200, 400])
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var server = await StartAsync(async (context, _) =>
            {
                await BeginAsync(context, status, door);
                await over.Task;
                context.Abort();
            });
            var options = Options(server);
            options.Timeout = TimeSpan.FromMilliseconds(500);
            options.MaxRetries = 0;
            var failed = await Assert.ThrowsAsync<LockLlmNetworkException>(() => Calls[door](options));
            over.SetResult();
            Assert.IsType<TimeoutException>(failed.InnerException);
        }
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_that_breaks_off_is_a_network_error(string door)
    {
        foreach (var status in (int[])[200, 400])
        {
            await using var server = await StartAsync(async (context, _) =>
            {
                await BeginAsync(context, status, door);
                context.Abort();
            });
            await Assert.ThrowsAsync<LockLlmNetworkException>(() => Calls[door](Options(server)));
        }
    }

    private static LockLlmProxyClientOptions Options(ScriptedServer server) => new() { BaseUrl = server.Address, TimeProvider = new HastyClock() };

    private static async Task BeginAsync(HttpContext context, int status, string door)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status == 200 && door.Contains("streaming", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("{\"id\":");
        await context.Response.Body.FlushAsync();
    }
}
