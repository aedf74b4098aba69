using System.ComponentModel.DataAnnotations;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Upstream;

namespace LockLLM.Gateway.Proxy;

/// <summary>How <c>/v1/proxy</c> behaves.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    /// <summary>API roots by provider name that replace the built-in ones.</summary>
    public IDictionary<string, string> Roots { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What happens to an attack where neither the caller nor the account says it: <c>block</c> or <c>allow_with_warning</c>.</summary>
    public string DefaultScanAction { get; set; } = ThreatActions.Block;

    /// <summary>Bytes of a body that is read: JSON, forms and text. A longer form or text is passed on as it arrives.</summary>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Bytes of a body that is passed on as it arrives, such as a file.</summary>
    [Range(64 * 1024, 16L * 1024 * 1024 * 1024)]
    public long MaxUploadBytes { get; set; } = 512 * 1024 * 1024;

    /// <summary>Messages of a conversation.</summary>
    [Range(1, 100_000)]
    public int MaxMessages { get; set; } = 1000;

    /// <summary>Time for judging one request, waiting included; after it the request counts as not scanned.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00", ConvertValueInInvariantCulture = true, ParseLimitsInInvariantCulture = true)]
    public TimeSpan ScanTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Texts of an account that are remembered as judged, so that a long conversation is not judged anew at every call; up to twice as many are held.</summary>
    [Range(16, 1_000_000)]
    public int RememberedParts { get; set; } = 4096;

    public UpstreamOptions Upstream { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. WrongRoots(), .. DefaultScanAction is ThreatActions.Block or ThreatActions.AllowWithWarning ? [] : new[] { new ValidationResult($"It takes {ThreatActions.Block} or {ThreatActions.AllowWithWarning}.", [nameof(DefaultScanAction)]) }];

    private IEnumerable<ValidationResult> WrongRoots() => Roots
        .Where(static root => !ProviderNames.All.Contains(root.Key, StringComparer.OrdinalIgnoreCase) || !Uri.TryCreate(root.Value, UriKind.Absolute, out _))
        .Select(static root => new ValidationResult($"{root.Key} is not a provider with an absolute address.", [nameof(Roots)]));
}
