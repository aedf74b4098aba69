using System.ComponentModel.DataAnnotations;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Upstream;

namespace LockLLM.Gateway.Proxy;

/// <summary>How <c>/v1/proxy</c> behaves.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    /// <summary>API roots by provider name that replace the built-in ones.</summary>
    public IDictionary<string, string> Roots { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public UpstreamOptions Upstream { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Roots
        .Where(static root => !ProviderNames.All.Contains(root.Key, StringComparer.OrdinalIgnoreCase) || !Uri.TryCreate(root.Value, UriKind.Absolute, out _))
        .Select(static root => new ValidationResult($"{root.Key} is not a provider with an absolute address.", [nameof(Roots)]));
}
