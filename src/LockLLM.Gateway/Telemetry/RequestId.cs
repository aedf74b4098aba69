using System.Buffers;
using System.Security.Cryptography;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Telemetry;

/// <summary>Gives every request an id and every response its echo. The caller's own id is kept if it is harmless.</summary>
internal static class RequestId
{
    private const int MaximumLength = 128;
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> s_allowed = SearchValues.Create(Alphanumeric + "_.-");

    public static IApplicationBuilder UseRequestId(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var given = context.Request.Headers[HeaderNames.RequestId].ToString();
        var id = IsHarmless(given) ? given : Mint();
        context.TraceIdentifier = id;
        context.Response.Headers[HeaderNames.RequestId] = id;
        context.Response.Headers[HeaderNames.LockLlmRequestId] = id;
        return next(context);
    });

    public static bool IsHarmless(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaximumLength && !id.ContainsAnyExcept(s_allowed);

    private static string Mint() => "req_" + RandomNumberGenerator.GetString(Alphanumeric, 24);
}
