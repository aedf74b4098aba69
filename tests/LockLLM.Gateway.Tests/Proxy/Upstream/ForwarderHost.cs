using System.Collections.Concurrent;
using System.Net;
using LockLLM.Contracts;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Proxy;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>A server that forwards everything and scans nothing: <c>/{provider}/{rest}</c> with the access that the test gives.</summary>
internal sealed class ForwarderHost : IAsyncDisposable
{
    private WebApplication? _app;

    public EgressOptions Egress { get; } = new() { AllowPrivateNetworks = true };

    public ProxyOptions Options { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public HostLookup? Lookup { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ProviderAccess Access { get; set; } = new() { Secret = "sk-provider-secret" };

    /// <summary>Endpoints to fall back to, one after the other.</summary>
    public IReadOnlyList<ProviderAccess> Fallbacks { get; set; } = [];

    /// <summary>Pass the caller's body on as it arrives instead of reading it first.</summary>
    public bool PassesBodyOn { get; init; }

    public ConcurrentQueue<UpstreamResult> Results { get; } = [];

    public HttpClient Client { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public async Task<ForwarderHost> StartAsync()
    {
        RequestFraming.RefuseBareLineFeeds();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Logging.ClearProviders().AddProvider(Logs).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(Clock);
        if (Lookup is not null)
        {
            builder.Services.AddSingleton(Lookup);
        }

        builder.Services.AddEgress(Egress);
        builder.Services.AddUpstream(Options);
        _app = builder.Build();
        _app.UseRequestId();
        _app.UseMiddleware<UnhandledErrors>();
        _app.UseRequestFraming();
        _app.Run(ForwardAsync);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_app is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var segments = context.Request.Path.Value!.TrimStart('/').Split('/', 2);
        var provider = Services.GetRequiredService<ProviderCatalog>().Find(segments[0])!;
        var path = ProviderPath.Read(provider, segments.Length > 1 ? segments[1] : "");
        Assert.NotNull(path);
        ReadOnlyMemory<byte>? body = null;
        if (!PassesBodyOn)
        {
            using var bytes = new MemoryStream();
            await context.Request.Body.CopyToAsync(bytes);
            body = bytes.ToArray();
        }

        var route = Route(Access, out var error);
        if (error is null)
        {
            var result = await Services.GetRequiredService<UpstreamForwarder>().ForwardAsync(context, new UpstreamCall
            {
                Route = route!,
                Fallback = next => next < Fallbacks.Count ? Route(Fallbacks[next], out _) : null,
                IsStream = body is { } read && read.Span.IndexOf("\"stream\":true"u8) >= 0,
                WriteHeaders = used => context.Response.Headers[HeaderNames.Scanned] = "used " + used.Target.Address.Authority,
            });
            Results.Enqueue(result);
            error = result.End == UpstreamEnd.NotBegun ? result.Error : null;
        }

        if (error is not null)
        {
            await new ErrorResult(error).ExecuteAsync(context);
        }

        UpstreamRoute? Route(ProviderAccess access, out Error? problem)
        {
            problem = ProviderTarget.Create(provider, path, context.Request.QueryString.Value ?? "", access, out var target);
            return target is null ? null : new UpstreamRoute(target, body);
        }
    }
}
