using System.Buffers;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Telemetry;

/// <summary>Gives every request an id and every response its echo. The caller's own id is kept if it is harmless.</summary>
internal static class RequestId
{
    private const int MaximumLength = 128;
    private const int TimeLength = 8;
    private const int RandomLength = 16;
    private const string Prefix = "req_";

    // In the order of their codes, so that ids sort as their numbers do.
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> s_allowed = SearchValues.Create(Alphanumeric + "_.-");

    public static IApplicationBuilder UseRequestId(this IApplicationBuilder app)
    {
        var clock = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use((context, next) =>
        {
            var given = context.Request.Headers[HeaderNames.RequestId].ToString();
            var id = IsHarmless(given) ? given : Mint(clock.GetUtcNow());
            context.TraceIdentifier = id;
            context.Response.Headers[HeaderNames.RequestId] = id;
            context.Response.Headers[HeaderNames.LockLlmRequestId] = id;
            return next(context);
        });
    }

    public static bool IsHarmless(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaximumLength && !id.ContainsAnyExcept(s_allowed);

    /// <summary>
    /// 24 characters, milliseconds before chance: ids of one moment stand together in an index, which then costs a fraction to
    /// keep. A name, not a secret: nobody gains by guessing one.
    /// </summary>
    public static string Mint(DateTimeOffset now) => string.Create(Prefix.Length + TimeLength + RandomLength, now.ToUnixTimeMilliseconds(), static (id, time) =>
    {
        Prefix.CopyTo(id);
        Write(time, id.Slice(Prefix.Length, TimeLength));
        // A draw has far more bits than eight digits hold, so that each digit is as likely as another.
        Write(Random.Shared.NextInt64(), id.Slice(Prefix.Length + TimeLength, RandomLength / 2));
        Write(Random.Shared.NextInt64(), id[^(RandomLength / 2)..]);
    });

    // The last digits of a number in base 62.
    private static void Write(long number, Span<char> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            (number, var digit) = Math.DivRem(number, Alphanumeric.Length);
            digits[i] = Alphanumeric[(int)digit];
        }
    }
}
