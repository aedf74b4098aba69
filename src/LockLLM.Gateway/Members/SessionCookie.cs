namespace LockLLM.Gateway.Members;

/// <summary>
/// Carries a session's token. Over HTTPS its name says that it came from this host, over HTTPS and for all paths, which
/// browsers enforce; the plain name is for loopback and is not looked at over HTTPS.
/// </summary>
internal static class SessionCookie
{
    public const string SecureName = "__Host-lockllm-session";
    public const string PlainName = "lockllm-session";

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } token ? token : null;

    public static void Write(HttpContext context, NewSession session) =>
        context.Response.Cookies.Append(NameFor(context.Request), session.Token, Options(context.Request, session.SignedIn.ExpiresAt));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(NameFor(context.Request), Options(context.Request, null));

    private static string NameFor(HttpRequest request) => request.IsHttps ? SecureName : PlainName;

    private static CookieOptions Options(HttpRequest request, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        Secure = request.IsHttps,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };
}
