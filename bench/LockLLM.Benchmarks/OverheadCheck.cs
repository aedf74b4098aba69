using System.Diagnostics;
using System.Globalization;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Limits;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Scanning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LockLLM.Benchmarks;

/// <summary>
/// What authentication, limits, record and metrics add to an endpoint: the gateway's own middleware around one that does nothing, call
/// by call beside that endpoint alone. The database, its writer and the metrics run as they do in a gateway.
/// </summary>
internal static class OverheadCheck
{
    private const string Key = "llm_loadtest0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int WarmUp = 50_000;
    private const int Burst = 10_000;

    public static async Task RunAsync(int calls)
    {
        var folder = Directory.CreateTempSubdirectory("lockllm-overhead-");
        try
        {
            await RunAsync(calls, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(int calls, string folder)
    {
        var options = new GatewayOptions { DataDirectory = folder, Bootstrap = { ApiKey = Key }, RateLimit = { RequestsPerMinute = 100_000_000 } };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddInstallation(options);
        services.AddSingleton<Gateway.Telemetry.Readiness>();
        services.AddObservability(options, new ConfigurationBuilder().Build());
        services.AddLimits(options.RateLimit);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<FirstRun>().OpenAsync(null, TextWriter.Null, CancellationToken.None);
        var hosted = provider.GetServices<IHostedService>().ToArray();
        foreach (var service in hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        var records = provider.GetRequiredService<RequestLogQueue>();
        var clock = provider.GetRequiredService<TimeProvider>();
        var bare = new ApplicationBuilder(provider);
        bare.Run(static _ => Task.CompletedTask);
        var guarded = new ApplicationBuilder(provider);
        guarded.UseMiddleware<ApiKeyAuthentication>();
        guarded.UseMiddleware<RateLimits>();
        guarded.Run(context =>
        {
            records.Add(new ScanNote(context, clock).ToRecord());
            return Task.CompletedTask;
        });
        var (without, with) = (bare.Build(), guarded.Build());
        var endpoint = new RouteEndpoint(static _ => Task.CompletedTask, RoutePatternFactory.Parse("/v1/scan"), 0, EndpointMetadataCollection.Empty, "POST /v1/scan");

        await MeasureAsync(WarmUp);
        var (withoutTimes, withTimes) = await MeasureAsync(calls);
        var (low, high) = (At(withoutTimes, 50), At(withTimes, 50));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"bare p50 {low:F2} us p99 {At(withoutTimes, 99):F2} us, with authentication, limit and record p50 {high:F2} us p99 {At(withTimes, 99):F2} us, difference of p50 {high - low:F2} us, {calls} calls each, {records.Written} records written, {records.Dropped} dropped"));
        foreach (var service in hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        async Task<(double[] Without, double[] With)> MeasureAsync(int count)
        {
            var (first, second) = (new double[count], new double[count]);
            for (var i = 0; i < count; i++)
            {
                first[i] = await TimeAsync(without);
                second[i] = await TimeAsync(with);
                while (i % Burst == 0 && records.Waiting > 0)
                {
                    // No faster than the database takes them: a dropped record would cost less.
                    await Task.Delay(10);
                }
            }

            return (first, second);
        }

        async Task<double> TimeAsync(RequestDelegate pipeline)
        {
            var context = new DefaultHttpContext { RequestServices = provider, TraceIdentifier = "req_overhead" };
            context.Request.Method = HttpMethods.Post;
            context.Request.Path = "/v1/scan";
            context.Request.Headers.Authorization = "Bearer " + Key;
            context.SetEndpoint(endpoint);
            // Made at the first access, which is not what is measured.
            _ = context.Response.Headers.Count;
            var start = Stopwatch.GetTimestamp();
            await pipeline(context);
            return (Stopwatch.GetTimestamp() - start) * 1_000_000.0 / Stopwatch.Frequency;
        }
    }

    private static double At(double[] times, int percent)
    {
        Array.Sort(times);
        return times[(times.Length - 1) * percent / 100];
    }
}
