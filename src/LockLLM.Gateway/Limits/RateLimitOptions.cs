using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Limits;

/// <summary>How much an account may ask.</summary>
internal sealed class RateLimitOptions : IValidatableObject
{
    private const int Most = 100_000_000;

    /// <summary>Of accounts that neither have a figure of their own nor stand in the table.</summary>
    [Range(1, Most)]
    public int RequestsPerMinute { get; set; } = 1000;

    /// <summary>Figures by name, for accounts that are given a tier.</summary>
    public IList<RateLimitTier> Tiers { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (tier, n) in Tiers.Select(static (tier, n) => (tier, n)))
        {
            if (string.IsNullOrWhiteSpace(tier.Name) || Tiers.Take(n).Any(other => string.Equals(other.Name, tier.Name, StringComparison.Ordinal)))
            {
                yield return new ValidationResult("A tier needs a name that no other has.", [$"{nameof(Tiers)}:{n}:{nameof(RateLimitTier.Name)}"]);
            }

            if (tier.RequestsPerMinute is < 1 or > Most)
            {
                yield return new ValidationResult($"The field must be between 1 and {Most}.", [$"{nameof(Tiers)}:{n}:{nameof(RateLimitTier.RequestsPerMinute)}"]);
            }
        }
    }
}

/// <summary>One row of the tier table.</summary>
internal sealed class RateLimitTier
{
    public string? Name { get; set; }

    [Range(1, 100_000_000)]
    public int RequestsPerMinute { get; set; } = 1000;
}
