using System.Net;
using System.Security.Cryptography;
using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LockLLM.Gateway.Hosting;

/// <summary>Metrics to read and, where a collector is set, metrics and traces sent to it.</summary>
internal static class Observability
{
    public const string MetricsPath = "/metrics";

    private const string Bearer = "Bearer ";

    // Of an instrument that knows routes and statuses, and of any other: codes, categories and providers come from short lists.
    private const int ManySeries = 1000;
    private const int FewSeries = 200;

    // What OpenTelemetry's own tools go by, for those who set up all their services alike.
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] s_meters = ["LockLLM.Gateway", "LockLLM.Gateway.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private static readonly string[] s_forwarding = ["X-Forwarded-For", "X-Original-For", "X-Real-IP", "Forwarded", "Via"];

    private static readonly Error s_refused = new(
        ErrorCode.Unauthorized, "Metrics are for this machine, unless LockLLM:Metrics:Token or LockLLM:Metrics:AllowedNetworks say who else may read them.");

    public static IServiceCollection AddObservability(this IServiceCollection services, GatewayOptions options, IConfiguration configuration)
    {
        services.AddDependencies();
        services.TryAddSingleton<GatewayMetrics>();
        var sends = options.Otlp.Endpoint is not null || configuration[StandardEndpoint] is not null;
        if (!options.Metrics.Enabled && !sends)
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry().ConfigureResource(static resource => resource.AddService("lockllm-gateway", serviceVersion: GatewayMetrics.Version));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(s_meters);
            // Room is taken for so many series at once, by every instrument; by default for 2,000.
            metrics.AddView(static instrument => new MetricStreamConfiguration { CardinalityLimit = instrument.Name.StartsWith("http.", StringComparison.Ordinal) ? ManySeries : FewSeries });
            if (options.Metrics.Enabled)
            {
                metrics.AddPrometheusExporter();
            }

            if (sends)
            {
                metrics.AddOtlpExporter(otlp => Configure(otlp, options.Otlp, "v1/metrics"));
            }
        });
        if (sends)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(GatewayActivity.ServerSourceName, GatewayActivity.SourceName)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Otlp.TraceRatio)))
                .AddOtlpExporter(otlp => Configure(otlp, options.Otlp, "v1/traces")));
        }

        return services;
    }

    /// <summary>Before routing; who may not read is answered by the endpoint of <see cref="MapMetrics"/>.</summary>
    public static void UseMetrics(this WebApplication app, MetricsOptions options)
    {
        if (options.Enabled)
        {
            app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
                context.Request.Path.Equals(MetricsPath, StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method) && IsAllowed(context, options));
        }
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes, MetricsOptions options)
    {
        if (options.Enabled)
        {
            routes.MapGet(MetricsPath, static () => (IResult)new ErrorResult(s_refused)).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static void AddDependencies(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new Dependency("detector", () => provider.GetRequiredService<Readiness>().IsReady, IsRequired: true));
        services.AddSingleton(static provider => new Dependency("database", () => provider.GetRequiredService<AccountSnapshots>().IsCurrent));
        services.AddSingleton(static provider => new Dependency("shared_counters", () => !provider.GetRequiredService<SharedCounterState>().IsDegraded));
    }

    // Each that is set has to fit; where none is, only this machine may read, and not on behalf of others.
    private static bool IsAllowed(HttpContext context, MetricsOptions options)
    {
        if (options.Token is { } token && !HasToken(context, token))
        {
            return false;
        }

        var address = Networks.Plain(context.Connection.RemoteIpAddress);
        if (options.AllowedNetworks.Count > 0)
        {
            return address is not null && options.AllowedNetworks.Any(network => Networks.Parse(network)!.Value.Contains(address));
        }

        return options.Token is not null || (address is not null && IPAddress.IsLoopback(address) && !s_forwarding.Any(context.Request.Headers.ContainsKey));
    }

    private static bool HasToken(HttpContext context, string token)
    {
        var given = context.Request.Headers.Authorization.ToString();
        return given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given[Bearer.Length..])), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    private static void Configure(OtlpExporterOptions otlp, OtlpOptions options, string signal)
    {
        if (options.Endpoint is not { } endpoint)
        {
            return;
        }

        // Over HTTP the exporter takes an address that was set in code as it is.
        otlp.Protocol = options.Protocol;
        otlp.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(new Uri(endpoint.TrimEnd('/') + "/"), signal) : new Uri(endpoint);
        otlp.Headers = options.Headers;
    }
}
