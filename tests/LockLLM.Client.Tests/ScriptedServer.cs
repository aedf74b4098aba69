using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LockLLM.Client.Tests;

/// <summary>A server on a real port that answers as told and remembers what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Key = "llm_sdktests0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private readonly WebApplication _app;
    private int _count;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>Answers by the number of the request, counted from 0.</summary>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            server.Requests.Enqueue(new Asked(
                context.Request.Method, context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                Encoding.UTF8.GetString(body.ToArray())));
            await answer(context, Interlocked.Increment(ref server._count) - 1);
        });
        await app.StartAsync();
        server.Address = new Uri(app.Urls.Single());
        return server;
    }

    public static Task<ScriptedServer> StartAsync(int status, string body, params (string Name, string Value)[] headers) =>
        StartAsync((context, _) => AnswerAsync(context, status, body, headers));

    public static Task AnswerAsync(HttpContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body);
    }

    /// <summary>A client without pauses between its attempts.</summary>
    public LockLlmClient Client(Action<LockLlmClientOptions>? configure = null)
    {
        var options = new LockLlmClientOptions { ApiKey = Key, BaseUrl = Address, TimeProvider = new HastyClock() };
        configure?.Invoke(options);
        return new LockLlmClient(null, options);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record Asked(string Method, string Path, Dictionary<string, string> Headers, string Body);

/// <summary>Waits are over at once, and remembered.</summary>
internal sealed class HastyClock : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public DateTimeOffset Now { get; init; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Waits.Enqueue(dueTime);
        }

        return base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
