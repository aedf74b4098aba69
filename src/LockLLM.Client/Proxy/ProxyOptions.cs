using System.Globalization;
using LockLLM.Contracts;

namespace LockLLM.Client;

/// <summary>What the gateway does with a call to a model provider. What is left null is the account's choice.</summary>
public sealed record ProxyOptions
{
    /// <summary>Which checks run.</summary>
    public ScanMode? ScanMode { get; set; }

    /// <summary>What happens to an attack.</summary>
    public ScanAction? ScanAction { get; set; }

    /// <summary>What happens to a violated policy.</summary>
    public ScanAction? PolicyAction { get; set; }

    /// <summary>What happens to automated misuse; null does not look for it.</summary>
    public ScanAction? AbuseAction { get; set; }

    /// <summary>What happens to personal data; null does not look for it.</summary>
    public PiiAction? PiiAction { get; set; }

    /// <summary>How readily a score is called an attack.</summary>
    public Sensitivity? Sensitivity { get; set; }

    /// <summary>Whether another model may be chosen.</summary>
    public RouteAction? RouteAction { get; set; }

    /// <summary>Whether the answer may come from the cache.</summary>
    public bool? CacheResponse { get; set; }

    /// <summary>How long the answer may be kept, in whole seconds up to a day; zero keeps none.</summary>
    public TimeSpan? CacheTtl { get; set; }

    /// <summary>Whether long text is scanned in pieces.</summary>
    public bool? Chunk { get; set; }

    /// <summary>How prompts are shortened; null leaves them alone.</summary>
    public CompressionMethod? Compression { get; set; }

    /// <summary>Share of the text to keep, 0.3 to 0.7; lower is harsher. May stand without a method.</summary>
    public double? CompressionRate { get; set; }

    /// <summary>Nickname of the stored provider key to use, where an account has several.</summary>
    public string? ProviderKey { get; set; }

    /// <summary>Further headers of the caller's. They win over those made from the other options.</summary>
    public IDictionary<string, string>? Headers { get; set; }

    /// <summary>The headers that say all this to the gateway: one for each option that is set.</summary>
    /// <exception cref="LockLlmConfigurationException">A value is out of range.</exception>
    public IReadOnlyDictionary<string, string> ToHeaders()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        WriteTo(headers);
        return headers;
    }

    internal void WriteTo(Dictionary<string, string> headers)
    {
        Set(HeaderNames.ScanMode, ScanMode is { } mode ? WireWords.Of(mode) : null);
        Set(HeaderNames.ScanAction, ScanAction is { } scan ? WireWords.Of(scan) : null);
        Set(HeaderNames.PolicyAction, PolicyAction is { } policy ? WireWords.Of(policy) : null);
        Set(HeaderNames.AbuseAction, AbuseAction is { } abuse ? WireWords.Of(abuse) : null);
        Set(HeaderNames.PiiAction, PiiAction is { } pii ? WireWords.Of(pii) : null);
        Set(HeaderNames.Sensitivity, Sensitivity is { } sensitivity ? WireWords.Of(sensitivity) : null);
        Set(HeaderNames.RouteAction, RouteAction is { } route ? WireWords.Of(route) : null);
        Set(HeaderNames.CacheResponse, CacheResponse is { } cache ? WireWords.Of(cache) : null);
        Set(HeaderNames.CacheTtl, CacheTtl is { } ttl ? Seconds(ttl) : null);
        Set(HeaderNames.Chunk, Chunk is { } chunk ? WireWords.Of(chunk) : null);
        Set(HeaderNames.Compression, Compression is { } method ? WireWords.Of(method) : null);
        Set(HeaderNames.CompressionRate, CompressionRate is { } rate ? Rate(rate) : null);
        Set(HeaderNames.ProviderKey, ProviderKey);
        foreach (var (name, value) in Headers ?? new Dictionary<string, string>())
        {
            headers[name] = value;
        }

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }
    }

    internal static string Rate(double rate) => rate is >= 0.3 and <= 0.7
        ? rate.ToString(CultureInfo.InvariantCulture)
        : throw new LockLlmConfigurationException("CompressionRate must lie between 0.3 and 0.7.");

    private static string Seconds(TimeSpan ttl) => ttl >= TimeSpan.Zero
        ? ((long)ttl.TotalSeconds).ToString(CultureInfo.InvariantCulture)
        : throw new LockLlmConfigurationException("CacheTtl must not be negative.");
}
