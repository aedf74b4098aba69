using System.Diagnostics;

namespace LockLLM.Gateway.Telemetry;

/// <summary>
/// Traces. The span of a request is ASP.NET Core's own, described here, since instrumentation would add the path, and a path
/// can hold what a caller should not have put there. No span carries content, keys or addresses of callers.
/// </summary>
internal static class GatewayActivity
{
    /// <summary>Of spans that the gateway begins itself.</summary>
    public const string SourceName = "LockLLM.Gateway";

    /// <summary>Of the span of a request.</summary>
    public const string ServerSourceName = "Microsoft.AspNetCore";

    public static readonly ActivitySource Source = new(SourceName);

    private static readonly HashSet<string> s_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];

    public static IApplicationBuilder UseRequestTracing(this IApplicationBuilder app) => app.Use(static (context, next) =>
        Activity.Current is { IsAllDataRequested: true } activity ? TraceAsync(context, next, activity) : next(context));

    private static async Task TraceAsync(HttpContext context, RequestDelegate next, Activity activity)
    {
        try
        {
            await next(context);
        }
        finally
        {
            var method = s_methods.Contains(context.Request.Method) ? context.Request.Method : "_OTHER";
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            var status = context.Response.StatusCode;
            activity.DisplayName = route is null ? method : $"{method} {route}";
            activity.SetTag("http.request.method", method);
            activity.SetTag("http.route", route);
            activity.SetTag("http.response.status_code", status);
            activity.SetTag("url.scheme", context.Request.Scheme);
            activity.SetTag("lockllm.request_id", context.TraceIdentifier);
            if (context.RequestAborted.IsCancellationRequested)
            {
                activity.SetTag("error.type", "client_closed_request");
            }
            else if (status >= StatusCodes.Status500InternalServerError)
            {
                activity.SetTag("error.type", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    }
}
