using System.Text.Json.Serialization;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Telemetry;

/// <summary>Answers for load balancers and people: is it there, can it work, which version is it.</summary>
internal static class HealthEndpoints
{
    private static readonly Error s_notReady = new(ErrorCode.ScanUnavailable, "The detector has not passed its known-answer test.");
    private static readonly Error s_stopping = new(ErrorCode.ServiceUnavailable, "The gateway is stopping.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        // Nobody else asks for it, and a gauge that is not made shows nothing.
        routes.ServiceProvider.GetRequiredService<GatewayMetrics>();
        var operations = routes.MapGroup("").WithTags("Operations").AllowAnonymous();
        Map("/health", "Is the process alive?", Health);
        Map("/ready", "Can it work? 503 if not; otherwise what it works with, and whether that answers.", Ready);
        Map("/v1/status", "Service, version and time.", Status);

        // Some load balancers ask with HEAD; the reference need not tell everything twice.
        void Map(string path, string summary, Delegate answer)
        {
            operations.MapGet(path, answer).WithSummary(summary);
            operations.MapMethods(path, [HttpMethods.Head], answer).ExcludeFromDescription();
        }
    }

    private static Task Health(HttpContext context) =>
        JsonAnswer.WriteAsync(context.Response, new HealthAnswer("ok"), HealthJson.Default.HealthAnswer);

    private static Task Ready(HttpContext context, IEnumerable<Dependency> dependencies, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new ErrorResult(s_stopping).ExecuteAsync(context);
        }

        var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var isComplete = true;
        foreach (var dependency in dependencies)
        {
            var isUp = dependency.IsUp();
            if (!isUp && dependency.IsRequired)
            {
                return new ErrorResult(s_notReady).ExecuteAsync(context);
            }

            isComplete &= isUp;
            states[dependency.Name] = isUp ? "up" : "down";
        }

        return JsonAnswer.WriteAsync(context.Response, new ReadyAnswer(isComplete ? "ready" : "degraded", states), HealthJson.Default.ReadyAnswer);
    }

    private static Task Status(HttpContext context, TimeProvider clock) => JsonAnswer.WriteAsync(
        context.Response,
        new StatusAnswer(context.TraceIdentifier, "lockllm", GatewayMetrics.Version, clock.GetUtcNow()),
        HealthJson.Default.StatusAnswer);
}

internal sealed record HealthAnswer(string Status);

internal sealed record ReadyAnswer(string Status, SortedDictionary<string, string> Dependencies);

internal sealed record StatusAnswer(string RequestId, string Service, string Version, DateTimeOffset Time);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
