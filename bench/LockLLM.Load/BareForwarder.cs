using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace LockLLM.Load;

/// <summary>What YARP costs alone: one route, no checks, every header copied.</summary>
internal static class BareForwarder
{
    public static async Task<int> RunAsync(string address, string provider)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Services.AddRoutingCore();
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
        });
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Map("/{**rest}", async (HttpContext context) => await forwarder.SendAsync(context, provider, invoker, ForwarderRequestConfig.Empty, HttpTransformer.Default, context.RequestAborted));
        await app.RunAsync();
        return 0;
    }
}
