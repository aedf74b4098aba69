using LockLLM.Contracts.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace LockLLM.Gateway.Errors;

/// <summary>The outermost net: whatever goes wrong further in leaves as JSON in the one shape, or as a page where people look.</summary>
internal sealed partial class UnhandledErrors(RequestDelegate next, ILogger<UnhandledErrors> logger)
{
    private static readonly Error s_noDatabase = new(ErrorCode.ServiceUnavailable, "The database does not answer. Nothing was changed; try again.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller hung up: neither an error nor anyone to tell.
            return;
        }
        catch (BadHttpRequestException broken)
        {
            await AnswerAsync(context, Describe(broken, context));
            return;
        }
        catch (IOException broken) when (broken.InnerException is OverflowException)
        {
            // How Kestrel reports the size of a chunk that no number can hold.
            await AnswerAsync(context, new Error(ErrorCode.InvalidRequest, "The request body could not be read."));
            return;
        }
        catch (DatabaseUnavailableException outage)
        {
            LogOutage(context.TraceIdentifier, new Fault(outage));
            await AnswerAsync(context, s_noDatabase, AnswersOf(context)?.Outage);
            return;
        }
        catch (Exception fault)
        {
            LogFault(context.TraceIdentifier, new Fault(fault));
            await AnswerAsync(context, new Error(ErrorCode.InternalError, "Unexpected failure. It is logged under this request id."), AnswersOf(context)?.Failure);
            return;
        }

        if (Unanswered(context.Response) is { } error)
        {
            await AnswerAsync(context, error);
        }
    }

    private static FaultAnswers? AnswersOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<FaultAnswers>();

    private async Task AnswerAsync(HttpContext context, Error error, IResult? inPlace = null)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        ErrorResult.WriteHead(context.Response, error);
        if (inPlace is not null)
        {
            try
            {
                await inPlace.ExecuteAsync(context);
                return;
            }
            catch (Exception fault) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                // What failed may be what all pages are made of.
                LogFault(context.TraceIdentifier, new Fault(fault));
            }
        }

        await new ErrorResult(error).ExecuteAsync(context);
    }

    // The server's own complaints about a request surface when its body is read.
    private static Error Describe(BadHttpRequestException broken, HttpContext context) => broken.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => RequestErrors.TooLarge(context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? 0),
        StatusCodes.Status408RequestTimeout => new Error(ErrorCode.RequestTimeout, "The body arrived too slowly."),
        _ => new Error(ErrorCode.InvalidRequest, "The request body could not be read."),
    };

    // Routing sets a status and leaves the body empty.
    private static Error? Unanswered(HttpResponse response) => response switch
    {
        { HasStarted: true } or { ContentLength: not null } => null,
        { StatusCode: StatusCodes.Status404NotFound } => new Error(ErrorCode.NotFound, "No such path. The interactive reference is at /reference."),
        { StatusCode: StatusCodes.Status405MethodNotAllowed } => new Error(ErrorCode.MethodNotAllowed, "This path does not take that method; the Allow header names those it takes."),
        _ => null,
    };

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "Request {RequestId} failed: {Fault}")]
    private partial void LogFault(string requestId, Fault fault);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Request {RequestId} needs the database, which does not answer: {Fault}")]
    private partial void LogOutage(string requestId, Fault fault);
}
