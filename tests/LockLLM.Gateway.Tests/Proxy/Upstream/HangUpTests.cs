using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>How soon a provider is told to stop after its caller has gone. All of it on real sockets.</summary>
public sealed class HangUpTests : IAsyncLifetime
{
    private const int Callers = 9;

    // More than the sockets between provider and caller hold, less than would be worth reading to its end.
    private const int Ahead = 16 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] s_event = Encoding.ASCII.GetBytes("data: " + new string('b', 200) + "\n\n");

    private readonly ForwarderHost _gateway = new();
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _gateway.Access = new() { Secret = "sk-violet", Endpoint = _provider.Address };
        await _gateway.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    public static TheoryData<Moment, Farewell> Cases => new MatrixTheoryData<Moment, Farewell>(Enum.GetValues<Moment>(), Enum.GetValues<Farewell>());

    /// <summary>What the provider is doing when the caller goes.</summary>
    public enum Moment
    {
        /// <summary>It has answered nothing yet.</summary>
        Thinking,

        /// <summary>It has sent the head of a stream.</summary>
        Begun,

        /// <summary>It has sent an event and is silent.</summary>
        Silent,

        /// <summary>It sends event after event.</summary>
        Talking,

        /// <summary>It has sent more than the caller reads, and waits.</summary>
        Ahead,

        /// <summary>It is in the middle of a body with a length.</summary>
        Halfway,
    }

    /// <summary>How the caller goes.</summary>
    public enum Farewell
    {
        /// <summary>An orderly end of the connection.</summary>
        Close,

        /// <summary>A reset, as from a process that was killed.</summary>
        Reset,
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_provider_is_told_within_a_second(Moment moment, Farewell farewell)
    {
        var gone = new TaskCompletionSource<long>();
        var begun = new TaskCompletionSource();
        _provider.Answer = async context =>
        {
            var told = gone;
            try
            {
                await AnswerAsync(context, moment, begun);
            }
            finally
            {
                // It never ends of itself.
                told.TrySetResult(Stopwatch.GetTimestamp());
            }
        };
        var delays = new List<TimeSpan>();
        for (var caller = 0; caller < Callers; caller++)
        {
            (gone, begun) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, _gateway.Address.Port);
            var body = """{"model":"m","stream":true}""";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /openai/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            await begun.Task.WaitAsync(s_patience);
            if (moment is not (Moment.Thinking or Moment.Halfway))
            {
                Assert.True(await socket.ReceiveAsync(new byte[1024]).WaitAsync(s_patience) > 0);
            }

            var left = Stopwatch.GetTimestamp();
            if (farewell == Farewell.Reset)
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            socket.Close();
            delays.Add(Stopwatch.GetElapsedTime(left, await gone.Task.WaitAsync(s_patience)));
        }

        AssertPrompt(delays);
    }

    [Fact]
    public async Task An_answer_that_is_not_wanted_is_hung_up_on()
    {
        var delays = new List<TimeSpan>();
        for (var call = 0; call < Callers; call++)
        {
            var gone = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _provider.Answer = async context =>
            {
                context.Response.StatusCode = 401;
                context.Response.ContentLength = 1000;
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => gone.TrySetResult(Stopwatch.GetTimestamp()), TaskScheduler.Default);
            };
            // A stored key that is not accepted is answered by the gateway itself.
            using var response = await _gateway.Client.PostAsync("/openai/chat/completions", new StringContent("{}"));
            var answered = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            delays.Add(Stopwatch.GetElapsedTime(answered, await gone.Task.WaitAsync(s_patience)));
        }

        AssertPrompt(delays);
    }

    // The middle one: a machine that is busy elsewhere may hold up any single of them.
    private static void AssertPrompt(List<TimeSpan> delays)
    {
        delays.Sort();
        Assert.True(delays[Callers / 2] < TimeSpan.FromSeconds(1), string.Join(", ", delays));
    }

    private static async Task AnswerAsync(HttpContext context, Moment moment, TaskCompletionSource begun)
    {
        var (answer, aborted) = (context.Response, context.RequestAborted);
        if (moment is Moment.Halfway)
        {
            (answer.ContentType, answer.ContentLength) = ("application/json", 1_000_000);
            await answer.Body.WriteAsync("{\"half\":"u8.ToArray(), aborted);
        }
        else if (moment is not Moment.Thinking)
        {
            answer.ContentType = "text/event-stream";
            if (moment is not Moment.Begun)
            {
                await answer.Body.WriteAsync(s_event, aborted);
            }
        }

        if (moment is not Moment.Thinking)
        {
            await answer.Body.FlushAsync(aborted);
        }

        begun.TrySetResult();
        for (var sent = 0; moment is Moment.Talking || (moment is Moment.Ahead && sent < Ahead); sent += s_event.Length)
        {
            await answer.Body.WriteAsync(s_event, aborted);
            await answer.Body.FlushAsync(aborted);
            if (moment is Moment.Talking)
            {
                await Task.Delay(2, aborted);
            }
        }

        await Task.Delay(Timeout.Infinite, aborted);
    }
}
