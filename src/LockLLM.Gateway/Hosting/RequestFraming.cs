using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Refuses requests whose end two readers of HTTP could see in different places (RFC 9112, section 6.1). Kestrel refuses most
/// of them; a length beside chunks it forgives, keeping the length under another name.
/// </summary>
internal static class RequestFraming
{
    private const string ForgivenLength = "X-Content-Length";

    private const string BareLineFeeds = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    private static readonly Error s_ambiguous = new(ErrorCode.InvalidRequest, "Send either Content-Length or Transfer-Encoding: chunked, once.");

    /// <summary>Lines end in CR LF and in nothing else. To be called before the server is made.</summary>
    public static void RefuseBareLineFeeds() => AppContext.SetSwitch(BareLineFeeds, isEnabled: true);

    public static IApplicationBuilder UseRequestFraming(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count == 0)
        {
            return next(context);
        }

        var isPlain = headers.TransferEncoding.Count == 1 && headers.TransferEncoding.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase);
        if (isPlain && headers.ContentLength is null && !headers.ContainsKey(ForgivenLength))
        {
            return next(context);
        }

        // Nothing that follows on this connection can be trusted to be a request.
        context.Response.Headers.Connection = "close";
        return new ErrorResult(s_ambiguous).ExecuteAsync(context);
    });
}
