using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace LockLLM.Gateway.Tests;

/// <summary>
/// A model provider on a real port that records what it is sent, byte for byte, and answers as a test tells it to: properly,
/// slowly, with half a body, or not at all.
/// </summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RecordedRequest> _requests = [];
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = [];
    private int _hungUp;

    private FakeProvider(HttpProtocols protocols, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public string Address => _app.Urls.Single();

    public string Host => new Uri(Address).Authority;

    /// <summary>What every request gets; by default a small JSON object.</summary>
    public RequestDelegate Answer { get; set; } = Json("""{"id":"chatcmpl-1","object":"chat.completion"}""");

    /// <summary>Whether it reads a request before it answers; one that it does not read is recorded without its body.</summary>
    public bool ReadsFirst { get; set; } = true;

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Requests whose sender hung up before they were answered.</summary>
    public int HungUp => Volatile.Read(ref _hungUp);

    /// <param name="certificate">Serves https with it.</param>
    public static async Task<FakeProvider> StartAsync(HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? certificate = null)
    {
        var provider = new FakeProvider(protocols, certificate);
        await provider._app.StartAsync();
        return provider;
    }

    public static RequestDelegate Json(string body, int status = 200, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers.Append(name, value);
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    };

    /// <summary>A stream in the given pieces, each sent by itself; <paramref name="before"/> runs ahead of each.</summary>
    public static RequestDelegate Events(IReadOnlyList<string> pieces, Func<int, Task>? before = null) => async context =>
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        for (var i = 0; i < pieces.Count; i++)
        {
            if (before is not null)
            {
                await before(i);
            }

            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(pieces[i]), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    };

    /// <summary>As <see cref="Events"/>, and then the connection is closed in the middle of the answer.</summary>
    public static RequestDelegate EventsThenCut(params string[] pieces) => async context =>
    {
        await Events(pieces)(context);
        // After this Kestrel sends what is written and closes without ending the body.
        throw new InvalidOperationException("Cut off on purpose.");
    };

    /// <summary>Never answers.</summary>
    public static RequestDelegate Stall() => context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>Resets the connection instead of answering, or after what was sent so far.</summary>
    public static RequestDelegate Reset() => context =>
    {
        Reset(context);
        return Task.CompletedTask;
    };

    /// <summary>Announces more bytes than it sends.</summary>
    public static RequestDelegate HalfBody(string sent, int announced) => async context =>
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = announced;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(sent));
        await context.Response.Body.FlushAsync();
    };

    /// <summary>Says gzip and sends something else.</summary>
    public static RequestDelegate BadGzip() => Json("this is not gzip at all", 200, ("Content-Encoding", "gzip"));

    /// <summary>Compressed whether or not it was asked for.</summary>
    public static RequestDelegate Gzipped(string body, string contentType = "application/json") => async context =>
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.ContentEncoding = "gzip";
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        await context.Response.Body.WriteAsync(bytes.ToArray());
    };

    /// <summary>Ends once that many requests were hung up on.</summary>
    public async Task WaitForHangUpsAsync(int count, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (HungUp < count)
        {
            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(signal);
            if (HungUp < count)
            {
                await signal.Task.WaitAsync(limit.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void Reset(HttpContext context)
    {
        // A TCP reset rather than an orderly end where the transport lets us.
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new System.Net.Sockets.LingerOption(enable: true, seconds: 0);
            socket.Close();
        }

        context.Abort();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        if (ReadsFirst)
        {
            await context.Request.Body.CopyToAsync(body);
        }

        _requests.Enqueue(new RecordedRequest(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Host.Value ?? "",
            context.Request.Protocol,
            context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        try
        {
            await Answer(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Interlocked.Increment(ref _hungUp);
            while (_waiting.TryDequeue(out var signal))
            {
                signal.TrySetResult();
            }
        }
    }
}

/// <param name="Target">Path and query as they came over the wire.</param>
internal sealed record RecordedRequest(string Method, string Target, string Host, string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
