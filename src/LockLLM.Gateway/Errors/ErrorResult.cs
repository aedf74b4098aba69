using System.Globalization;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Errors;

/// <summary>Writes an <see cref="Error"/> in the one shape of the wire.</summary>
internal sealed class ErrorResult(Error error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        WriteHead(httpContext.Response, error);
        return JsonAnswer.WriteAsync(httpContext.Response, error.ToBody(httpContext.TraceIdentifier), WireJson.Default.ErrorBody);
    }

    /// <summary>Status and headers of an error, for bodies in the shape of other APIs.</summary>
    public static void WriteHead(HttpResponse response, Error error)
    {
        response.StatusCode = error.Code.Status;
        if (!error.Code.Retryable)
        {
            // Provider clients repeat some refusals on their own unless told not to.
            response.Headers[HeaderNames.ShouldRetry] = "false";
        }

        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
