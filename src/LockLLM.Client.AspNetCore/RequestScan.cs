using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LockLLM.Client.AspNetCore;

/// <summary>Scans texts of one request; what must not go on becomes a problem detail.</summary>
internal static partial class RequestScan
{
    /// <returns>The answer to give instead of going on, or null.</returns>
    public static async Task<IResult?> CheckAsync(HttpContext context, IEnumerable<string?> texts, LockLlmScanOptions options)
    {
        var scanner = context.RequestServices.GetRequiredService<IPromptScanner>();
        var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("LockLLM.Client.AspNetCore");
        try
        {
            foreach (var text in texts)
            {
                if (!string.IsNullOrEmpty(text))
                {
                    await scanner.ScanAsync(text, options.Scan, context.RequestAborted).ConfigureAwait(false);
                }
            }

            return null;
        }
        catch (RequestRefusedException refused)
        {
            LogRefused(logger, refused.RequestId, refused.Code);
            return Problem(StatusCodes.Status400BadRequest, options.RefusalTitle, refused.RequestId);
        }
        catch (LockLlmException failed) when (failed.Code is "input_too_long")
        {
            LogRefused(logger, failed.RequestId, failed.Code);
            return Problem(StatusCodes.Status413PayloadTooLarge, "The text is too long.", failed.RequestId);
        }
        catch (LockLlmException failed)
        {
            LogFailed(logger, failed, failed.RequestId, failed.Code);
            return Problem(StatusCodes.Status503ServiceUnavailable, "The request could not be checked. Try again later.", failed.RequestId);
        }
    }

    public static IResult Problem(int status, string title, string? requestId = null) => Results.Problem(
        statusCode: status, title: title, extensions: requestId is null ? null : new Dictionary<string, object?> { ["requestId"] = requestId });

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Refused {RequestId}: {Code}")]
    private static partial void LogRefused(ILogger logger, string? requestId, string? code);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Not checked, so not let through {RequestId}: {Code}")]
    private static partial void LogFailed(ILogger logger, Exception failure, string? requestId, string? code);
}
