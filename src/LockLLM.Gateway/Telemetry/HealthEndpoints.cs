using System.Reflection;
using System.Text.Json.Serialization;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Telemetry;

/// <summary>Answers for load balancers and people: is it there, can it work, which version is it.</summary>
internal static class HealthEndpoints
{
    private static readonly string s_version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations").AllowAnonymous();
        Map("/health", "Is the process alive?", Health);
        Map("/ready", "Does the detector give right answers? 503 if not.", Ready);
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

    private static Task Ready(HttpContext context, Readiness readiness) => readiness.IsReady
        ? JsonAnswer.WriteAsync(context.Response, new HealthAnswer("ready"), HealthJson.Default.HealthAnswer)
        : new ErrorResult(new Error(ErrorCode.ScanUnavailable, "The detector has not passed its known-answer test.")).ExecuteAsync(context);

    private static Task Status(HttpContext context, TimeProvider clock) => JsonAnswer.WriteAsync(
        context.Response,
        new StatusAnswer(context.TraceIdentifier, "lockllm", s_version, clock.GetUtcNow()),
        HealthJson.Default.StatusAnswer);
}

internal sealed record HealthAnswer(string Status);

internal sealed record StatusAnswer(string RequestId, string Service, string Version, DateTimeOffset Time);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
