using System.Globalization;
using LockLLM.Contracts;
using LockLLM.Gateway.Coordination;

namespace LockLLM.Gateway.Limits;

/// <summary>What is left, in the three ways that clients look for it.</summary>
internal static class RateLimitHeaders
{
    private const int WindowSeconds = 60;

    /// <summary>Whole seconds, at least one.</summary>
    public static TimeSpan Wait(in Take take) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(take.NextAfter.TotalSeconds)));

    public static void Write(IHeaderDictionary headers, in Take take, DateTimeOffset now)
    {
        // Counting in steps can add a fraction to the window; only who has to wait needs to know.
        var seconds = Math.Min((long)Wait(take).TotalSeconds, take.IsGranted ? WindowSeconds : long.MaxValue);
        var (limit, remaining) = (Number(take.Limit), Number(take.Remaining));
        headers[HeaderNames.RateLimitLimit] = limit;
        headers[HeaderNames.RateLimitRemaining] = remaining;
        headers[HeaderNames.RateLimitReset] = Number(now.ToUnixTimeSeconds() + seconds);
        headers[HeaderNames.RateLimitPolicy] = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={take.Limit};w={WindowSeconds}");
        headers[HeaderNames.RateLimit] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={take.Remaining};t={seconds}");
        headers[HeaderNames.RateLimitLimitRequests] = limit;
        headers[HeaderNames.RateLimitRemainingRequests] = remaining;
        headers[HeaderNames.RateLimitResetRequests] = string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
