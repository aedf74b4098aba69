using System.Diagnostics;
using Anthropic.Models.Messages;
using LockLLM.Client.Providers;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using static LockLLM.Client.Tests.ScriptedServer;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LockLLM.Client.Tests;

/// <summary>A cancelled call ends as such, at once, through whichever door it was made.</summary>
public class CancellationTests
{
    private const int Tries = 20;

    private static readonly TimeSpan s_aim = TimeSpan.FromMilliseconds(100);

    public static TheoryData<string> Doors() => new(Calls.Keys);

    private static Dictionary<string, Func<Uri, CancellationToken, Task>> Calls { get; } = new(StringComparer.Ordinal)
    {
        ["ScanAsync"] = async (address, token) =>
        {
            using var client = Client(address);
            await client.ScanAsync("a", cancellationToken: token);
        },
        ["Scan"] = (address, token) => Task.Run(
            () =>
            {
                using var client = Client(address);
                client.Scan("a", cancellationToken: token);
            },
            CancellationToken.None),
        ["ScanManyAsync"] = async (address, token) =>
        {
            using var client = Client(address);
            await foreach (var _ in client.ScanManyAsync(["a", "b", "c"], maxConcurrency: 2, cancellationToken: token))
            {
            }
        },
        ["OpenAI"] = (address, token) => OpenAI(address).CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: token),
        ["OpenAI, synchronous"] = (address, token) => Task.Run(() => OpenAI(address).CompleteChat([new UserChatMessage("Hi")], cancellationToken: token), CancellationToken.None),
        ["OpenAI, streaming"] = async (address, token) =>
        {
            await foreach (var _ in OpenAI(address).CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: token))
            {
            }
        },
        ["Anthropic"] = (address, token) => LockLlm.CreateAnthropicClient(Key, new() { BaseUrl = address }).Messages.Create(
            new MessageCreateParams { Model = "m", MaxTokens = 10, Messages = [new UserMessageParam { Content = "Hi" }] }, token),
        ["IChatClient"] = (address, token) => LockLlm.CreateChatClient("groq", "m", Key, new() { BaseUrl = address }).GetResponseAsync("Hi", cancellationToken: token),
        ["Guarded IChatClient"] = async (address, token) =>
        {
            using var client = Client(address);
            using var model = LockLlm.CreateChatClient("groq", "m", Key, new() { BaseUrl = address });
            await model.AsBuilder().UseLockLlm(client).Build().GetResponseAsync([new ChatMessage(ChatRole.User, "Hi")], cancellationToken: token);
        },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task It_ends_within_a_tenth_of_a_second_while_the_server_thinks(string door)
    {
        var asked = NewSignal();
        var over = NewSignal();
        await using var server = await StartAsync((_, _) =>
        {
            asked.TrySetResult();
            return over.Task;
        });
        await AssertQuickAsync(async cancel =>
        {
            asked = NewSignal();
            var call = Calls[door](server.Address, cancel.Token);
            await asked.Task;
            return call;
        });
        over.SetResult();
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task It_ends_within_a_tenth_of_a_second_while_the_client_waits_to_try_again(string door)
    {
        var asked = NewSignal();
        await using var server = await StartAsync(async (context, _) =>
        {
            await AnswerAsync(context, 503, "{}", ("Retry-After", "50"));
            await context.Response.CompleteAsync();
            asked.TrySetResult();
        });
        await AssertQuickAsync(async cancel =>
        {
            asked = NewSignal();
            var call = Calls[door](server.Address, cancel.Token);
            await asked.Task;
            await Task.Delay(50); // the client reads the answer meanwhile; were it later than that, it must end all the same
            return call;
        });
    }

    // A machine that is busy with other things may be late with anything. That it is late every time would be ours.
    private static async Task AssertQuickAsync(Func<CancellationTokenSource, Task<Task>> begin)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < Tries && fastest > s_aim; i++)
        {
            using var cancel = new CancellationTokenSource();
            var call = await begin(cancel);
            var started = Stopwatch.GetTimestamp();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            var taken = Stopwatch.GetElapsedTime(started);
            fastest = taken < fastest ? taken : fastest;
        }

        Assert.InRange(fastest, TimeSpan.Zero, s_aim);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static LockLlmClient Client(Uri address) => new(Key, new() { BaseUrl = address });

    private static ChatClient OpenAI(Uri address) => LockLlm.CreateOpenAIClient(Key, new() { BaseUrl = address }).GetChatClient("m");
}
