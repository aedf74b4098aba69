using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Contracts.Scan;
using LockLLM.Engine;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Scanning;

/// <summary>Shows somebody who tries a text what each sensitivity makes of it. Keeps nothing: no record, and no line in a log that tells of the text.</summary>
internal sealed class Playground(ScanStage stage, ScanOptions options)
{
    private static readonly Sensitivity[] s_levels = [Sensitivity.Low, Sensitivity.Medium, Sensitivity.High];

    public async Task<Outcome<PlaygroundVerdict>> JudgeAsync(HttpContext context)
    {
        if (RequestBody.Refuse(context.Request, options.MaxRequestBytes) is { } unread)
        {
            return unread;
        }

        using var bytes = await RequestBody.ReadAsync(context.Request, options.MaxRequestBytes, context.RequestAborted);
        if (!bytes.IsWhole)
        {
            return RequestErrors.TooLarge(options.MaxRequestBytes);
        }

        var error = ScanBody.Read(bytes.Bytes, out var body);
        using (body)
        {
            ScanDirectives? directives = null;
            error ??= ScanDirectives.Read(context.Request.Headers, control => body![control], ScanDefaults.OfScan, out directives);
            error ??= ScanEndpoints.TooLong(body!.Text);
            if (error is not null)
            {
                return error;
            }

            var outcome = await stage.ScanAsync(body!.Text, directives!.Trust, context.TraceIdentifier, context.RequestAborted);
            return outcome.Verdict is { } verdict ? Answer(verdict, body.Text, outcome.Inference, context.TraceIdentifier) : ScanEndpoints.Unavailable;
        }
    }

    private static PlaygroundVerdict Answer(Verdict verdict, PromptText text, TimeSpan inference, string requestId) => new()
    {
        RequestId = requestId,
        Injection = Score.Rounded(verdict.Score),
        Levels = [.. s_levels.Select(level => new PlaygroundLevel(WireWords.Of(level), Thresholds.Of(level), !verdict.IsAttack(level)))],
        Threats = Threats.Of(verdict.Findings, Sensitivity.High, text.Span),
        Coverage = new ScanCoverage(text.Scalars, text.Scalars),
        InferenceMs = Math.Round(inference.TotalMilliseconds, 2),
    };
}
