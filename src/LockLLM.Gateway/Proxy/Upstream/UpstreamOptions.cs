using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Patience with providers.</summary>
internal sealed class UpstreamOptions
{
    /// <summary>Wait for the head of an answer; a model that does not stream thinks all of this time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait for the next piece of an answer that has begun.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Further tries of a call that got no answer, or 429, 502, 503 or 504.</summary>
    [Range(0, 5)]
    public int Retries { get; set; } = 2;

    /// <summary>
    /// Whether calls that may have had an effect are tried again too: a prompt is then perhaps paid for twice. A call that
    /// never reached the provider is tried again in any case.
    /// </summary>
    public bool RetryUnsafe { get; set; }

    /// <summary>Longest pause before a further try; a provider that asks for a longer one is taken at its word and not asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan MaxRetryPause { get; set; } = TimeSpan.FromSeconds(5);
}
