using System.Text.Encodings.Web;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>
/// What the identity provider's redirect ends on. A page and not another redirect: browsers send a strict cookie only from
/// pages of its own site, and a redirect still counts as coming from the identity provider.
/// </summary>
internal static class SignedInPage
{
    public const string Home = "/dashboard";

    public static Task ContinueAsync(HttpContext context, string path) =>
        WriteAsync(context, StatusCodes.Status200OK, $"<meta http-equiv=\"refresh\" content=\"0;url={HtmlEncoder.Default.Encode(path)}\">", "Signed in", $"<a href=\"{HtmlEncoder.Default.Encode(path)}\">Continue</a>");

    public static Task RefuseAsync(HttpContext context, string reason) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "", "Not signed in", $"<p>{HtmlEncoder.Default.Encode(reason)}</p><p>Request {HtmlEncoder.Default.Encode(context.TraceIdentifier)}</p><p><a href=\"/\">Back</a></p>");

    private static Task WriteAsync(HttpContext context, int status, string head, string title, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{head}<title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>", context.RequestAborted);
    }
}
