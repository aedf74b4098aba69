using System.Globalization;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Errors;

/// <summary>Writes an <see cref="Error"/> in the one shape of the wire.</summary>
internal sealed class ErrorResult(Error error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
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

        return JsonAnswer.WriteAsync(response, error.ToBody(httpContext.TraceIdentifier), WireJson.Default.ErrorBody);
    }
}
