using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LockLLM.Gateway.Hosting;

/// <summary>Kestrel and the console: where the gateway listens, what it refuses before any code of ours runs, what it says.</summary>
internal static class Server
{
    public const string DefaultAddress = "http://127.0.0.1:8080";

    // Kestrel cuts off at twice what we refuse, so that our own refusal, in the wire's shape, comes first.
    private const int KestrelSlack = 2;

    private static readonly TimeSpan s_headersTimeout = TimeSpan.FromSeconds(15);

    public static void AddServer(this WebApplicationBuilder builder, GatewayOptions options)
    {
        RequestFraming.RefuseBareLineFeeds();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = (long)options.Scan.MaxRequestBytes * KestrelSlack;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderLimit.MaxBytes * KestrelSlack;
            // Callers that send a byte now and then hold a connection no longer than this; bodies have Kestrel's lowest rate.
            kestrel.Limits.RequestHeadersTimeout = s_headersTimeout;
        });
        if (string.IsNullOrWhiteSpace(Addresses(builder.Configuration)))
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.Services.AddHostedService<IdleMemory>();
        builder.Services.AddTls(options.Tls, Addresses(builder.Configuration));
        builder.Services.AddGracefulStop(options.Shutdown);
    }

    public static string? Addresses(IConfiguration configuration) => configuration[WebHostDefaults.ServerUrlsKey];

    /// <summary>Quiet unless something is wrong; every line has its time. The standard Logging section overrides each of these.</summary>
    public static void AddQuietConsole(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
                ["Logging:LogLevel:LockLLM.Gateway.Hosting"] = "Information",
                // Else each request gets an activity of its own even where nobody collects traces.
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
                // Whoever asked the database tells what came of it; a new database lacks a table that is looked for first.
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Command"] = "None",
                ["Logging:Console:FormatterName"] = "simple",
                ["Logging:Console:FormatterOptions:SingleLine"] = "true",
                ["Logging:Console:FormatterOptions:TimestampFormat"] = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ",
                ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
            },
        });
    }
}
