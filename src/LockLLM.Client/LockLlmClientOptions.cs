namespace LockLLM.Client;

/// <summary>How a client reaches its gateway.</summary>
public class LockLlmClientOptions
{
    /// <summary>Environment variable that <see cref="ApiKey"/> falls back to.</summary>
    public const string ApiKeyVariable = "LOCKLLM_API_KEY";

    /// <summary>Environment variable that <see cref="BaseUrl"/> falls back to.</summary>
    public const string BaseUrlVariable = "LOCKLLM_BASE_URL";

    /// <summary>The LockLLM key. Where it is null, <see cref="ApiKeyVariable"/> holds it.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The gateway, such as <c>http://127.0.0.1:8080</c>. Where it is null, <see cref="BaseUrlVariable"/> holds it; else it is the hosted service.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Longest wait for one attempt. Default 60 s. The caller's cancellation token bounds the whole call.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Repetitions after 429, 500, 502, 503, a broken connection or a timeout. Default 3; 0 to 10. A verdict is never repeated.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>Longest <c>Retry-After</c> that is waited for; a longer one fails at once. Default 60 s.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What scans look for unless a call says otherwise.</summary>
    public ScanOptions ScanDefaults { get; set; } = new();

    /// <summary>The clock that waits between attempts. Tests set another.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Spread of waits: a number from 0 up to 1. Tests set another.</summary>
    internal Func<double> Jitter { get; set; } = Random.Shared.NextDouble;

    /// <summary>Never shows the key.</summary>
    public override string ToString() =>
        $"{nameof(BaseUrl)} = {BaseUrl}, {nameof(ApiKey)} = {(string.IsNullOrEmpty(ApiKey) ? "none" : "***")}, {nameof(Timeout)} = {Timeout}, {nameof(MaxRetries)} = {MaxRetries}";

    /// <summary>A copy in which environment variables and defaults have filled the gaps.</summary>
    internal LockLlmClientOptions Complete()
    {
        var copy = (LockLlmClientOptions)MemberwiseClone();
        copy.ApiKey ??= Environment.GetEnvironmentVariable(ApiKeyVariable);
        copy.BaseUrl ??= Environment.GetEnvironmentVariable(BaseUrlVariable) is { Length: > 0 } address
            ? Uri.TryCreate(address, UriKind.Absolute, out var parsed) ? parsed : throw new LockLlmConfigurationException($"{BaseUrlVariable} is no absolute address.")
            : ProxyUrls.HostedService;
        copy.ScanDefaults = copy.ScanDefaults is { } defaults ? defaults with { } : new ScanOptions();
        return copy;
    }

    /// <summary>What is wrong with the completed options, one sentence each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(ApiKey))
        {
            yield return $"An API key is needed: set {nameof(ApiKey)} or the environment variable {ApiKeyVariable}.";
        }
        else if (!ApiKey.All(static character => character is > ' ' and <= '~'))
        {
            yield return $"{nameof(ApiKey)} holds a character that no key has, such as a space or a line break.";
        }

        if (BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            yield return $"{nameof(BaseUrl)} must be an absolute http or https address.";
        }

        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(Timeout)} must be more than 0 and at most a day.";
        }

        if (MaxRetries is < 0 or > 10)
        {
            yield return $"{nameof(MaxRetries)} must be 0 to 10.";
        }

        if (MaxRetryDelay < TimeSpan.Zero || MaxRetryDelay > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(MaxRetryDelay)} must be 0 to a day.";
        }

        if (ScanDefaults?.CompressionRate is { } rate and not (>= 0.3 and <= 0.7))
        {
            yield return $"{nameof(ScanDefaults)}.{nameof(ScanOptions.CompressionRate)} is {rate}; it must be 0.3 to 0.7.";
        }
    }

    internal LockLlmClientOptions CompleteAndCheck()
    {
        var complete = Complete();
        return complete.Problems().ToList() is { Count: > 0 } problems
            ? throw new LockLlmConfigurationException(string.Join(' ', problems))
            : complete;
    }
}
