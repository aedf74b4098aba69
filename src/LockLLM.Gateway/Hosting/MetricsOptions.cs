using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Hosting;

/// <summary>The page that Prometheus reads.</summary>
internal sealed class MetricsOptions : IValidatableObject
{
    private const int MinimumToken = 16;

    /// <summary>Whether <c>/metrics</c> is served.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What a reader sends as bearer token.</summary>
    public string? Token { get; set; }

    /// <summary>Addresses and networks of readers.</summary>
    public IList<string> AllowedNetworks { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Token is { Length: < MinimumToken })
        {
            yield return new ValidationResult($"The field must have at least {MinimumToken} characters.", [nameof(Token)]);
        }

        foreach (var (text, n) in AllowedNetworks.Select(static (text, n) => (text, n)))
        {
            if (Networks.Parse(text) is null)
            {
                yield return new ValidationResult("The field must be an address or a network such as 10.0.0.0/8.", [$"{nameof(AllowedNetworks)}:{n}"]);
            }
        }
    }
}
