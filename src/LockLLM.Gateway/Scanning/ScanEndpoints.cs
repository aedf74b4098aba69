using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Scan;
using LockLLM.Engine;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.RequestLog;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Scanning;

/// <summary><c>POST /v1/scan</c>.</summary>
internal static partial class ScanEndpoints
{
    public const int MaxScalars = 100_000;

    public static readonly Error Unavailable = new(ErrorCode.ScanUnavailable, "No verdict could be had for this text. Treat it as unscanned, or try again.");

    public static IServiceCollection AddScanning(this IServiceCollection services, ScanOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(static _ => new PromptScanner());
        services.TryAddSingleton<Detector>(static provider => provider.GetRequiredService<PromptScanner>().Scan);
        services.TryAddSingleton(static provider => DetectorModel.Of(provider.GetRequiredService<PromptScanner>()));
        services.TryAddSingleton<ScanStage>();
        services.TryAddSingleton<Playground>();
        services.AddHostedService<KnownAnswers>();
        return services;
    }

    public static IEndpointConventionBuilder MapScanEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/scan", Scan).WithTags("Scan").WithSummary("Judge one text.").AddOpenApiOperationTransformer(ScanOperation.Describe);

    public static Error? TooLong(PromptText text) => text.Scalars <= MaxScalars
        ? null
        : new Error(ErrorCode.InputTooLong, $"Input exceeds {MaxScalars} characters.", "input") { MaxChars = MaxScalars, InputChars = text.Scalars };

    private static async Task Scan(HttpContext context, ScanStage stage, ScanOptions options, RequestLogQueue records, TimeProvider clock, ILogger<ScanStage> logger)
    {
        var note = new ScanNote(context, clock);
        try
        {
            await ScanAsync(context, stage, options, note, clock, logger);
        }
        finally
        {
            records.Add(note.ToRecord());
        }
    }

    private static async Task ScanAsync(HttpContext context, ScanStage stage, ScanOptions options, ScanNote note, TimeProvider clock, ILogger<ScanStage> logger)
    {
        var request = context.Request;
        if (RequestBody.Refuse(request, options.MaxRequestBytes) is { } unread)
        {
            await AnswerAsync(unread);
            return;
        }

        using var bytes = await RequestBody.ReadAsync(request, options.MaxRequestBytes, context.RequestAborted);
        if (!bytes.IsWhole)
        {
            await AnswerAsync(RequestErrors.TooLarge(options.MaxRequestBytes));
            return;
        }

        var error = ScanBody.Read(bytes.Bytes, out var body);
        using (body)
        {
            ScanDirectives? directives = null;
            error ??= ScanDirectives.Read(request.Headers, control => body![control], ScanDefaults.OfScan, out directives);
            error ??= TooLong(body!.Text);
            if (error is not null)
            {
                await AnswerAsync(error);
                return;
            }

            var text = body!.Text;
            note.Directives = directives;
            note.Length = text.Scalars;
            var outcome = await stage.ScanAsync(text, directives!.Trust, context.TraceIdentifier, context.RequestAborted);
            if (outcome.Verdict is not { } verdict)
            {
                context.Response.Headers[HeaderNames.Scanned] = "false";
                await AnswerAsync(Unavailable);
                return;
            }

            var answer = new ScanAnswer(verdict, directives, text);
            note.Inference = outcome.Inference;
            note.Answer = answer;
            var duration = clock.GetElapsedTime(note.Start);
            LogScanned(logger, context.TraceIdentifier, note.Caller.KeyId, answer.Label, verdict.Score, text.Scalars, duration.TotalMilliseconds);
            answer.WriteHeaders(context.Response.Headers);
            if (answer.Refusal is { } refusal)
            {
                LogRefused(logger, context.TraceIdentifier, refusal.Code.Code, verdict.Score, text.Scalars);
                await AnswerAsync(refusal);
                return;
            }

            var debug = options.Debug ? new ScanDebug(Milliseconds(duration), Milliseconds(outcome.Inference), answer.DebugMode) : null;
            await JsonAnswer.WriteAsync(context.Response, answer.ToResponse(context.TraceIdentifier, debug), WireJson.Default.ScanResponse);
        }

        Task AnswerAsync(Error error)
        {
            note.Error = error;
            return new ErrorResult(error).ExecuteAsync(context);
        }
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Round(time.TotalMilliseconds);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Information, Message = "Refused {RequestId}: {Code}, score {Score:F1}, {Chars} chars")]
    private static partial void LogRefused(ILogger logger, string requestId, string code, double score, int chars);

    [LoggerMessage(EventId = 2201, Level = LogLevel.Debug, Message = "Scanned {RequestId} for {KeyId}: label {Label}, score {Score:F1}, {Chars} chars, {Milliseconds:F1} ms")]
    private static partial void LogScanned(ILogger logger, string requestId, string? keyId, int label, double score, int chars, double milliseconds);
}
