using System.Globalization;
using LockLLM.Contracts;
using LockLLM.Gateway.Coordination;

namespace LockLLM.Gateway.Limits;

/// <summary>What is left, in the three ways that clients look for it.</summary>
internal static class RateLimitHeaders
{
    private const int WindowSeconds = 60;

    // Most requests of a time have the same limit.
    private static volatile Policy s_last = new(0);

    /// <summary>Whole seconds, at least one.</summary>
    public static TimeSpan Wait(in Take take) => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(take.NextAfter.TotalSeconds)));

    public static void Write(IHeaderDictionary headers, in Take take, DateTimeOffset now)
    {
        // Counting in steps can add a fraction to the window; only who has to wait needs to know.
        var seconds = Math.Min((long)Wait(take).TotalSeconds, take.IsGranted ? WindowSeconds : long.MaxValue);
        var remaining = Number(take.Remaining);
        var policy = s_last;
        if (policy.Limit != take.Limit)
        {
            s_last = policy = new Policy(take.Limit);
        }

        headers[HeaderNames.RateLimitLimit] = policy.LimitText;
        headers[HeaderNames.RateLimitRemaining] = remaining;
        headers[HeaderNames.RateLimitReset] = Number(now.ToUnixTimeSeconds() + seconds);
        headers[HeaderNames.RateLimitPolicy] = policy.Text;
        headers[HeaderNames.RateLimit] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={take.Remaining};t={seconds}");
        headers[HeaderNames.RateLimitLimitRequests] = policy.LimitText;
        headers[HeaderNames.RateLimitRemainingRequests] = remaining;
        headers[HeaderNames.RateLimitResetRequests] = string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Policy(int limit)
    {
        public int Limit => limit;

        public string LimitText { get; } = Number(limit);

        public string Text { get; } = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={limit};w={WindowSeconds}");
    }
}
