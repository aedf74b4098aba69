namespace LockLLM.Contracts.Management;

/// <summary>How an account's requests are treated where they do not say: <c>/api/v1/settings</c>. In a PUT an absent field stays.</summary>
public sealed record AccountSettingsDetails
{
    /// <summary>What the proxy does with an attack: block or allow_with_warning.</summary>
    public string? DefaultScanAction { get; init; }

    /// <summary>low, medium or high.</summary>
    public string? Sensitivity { get; init; }

    /// <summary>Whether headers that would loosen these settings are ignored.</summary>
    public bool? ActionsLocked { get; init; }

    /// <summary>What happens to a request that could not be scanned: block or allow.</summary>
    public string? OnScanFailure { get; init; }

    /// <summary>Whether requests with parts that cannot be scanned, such as images, are refused.</summary>
    public bool? RefuseUnscannable { get; init; }

    /// <summary>Whether an attack in the description of a tool counts like one in a user's text, as it should where tools come from strangers.</summary>
    public bool? DistrustToolDefinitions { get; init; }

    /// <summary>
    /// Where to ask instead, in turn, when a provider gives no answer: provider, or provider:nickname of a stored key, and after
    /// a space the model to ask there. At most 10; an empty list removes them.
    /// </summary>
    public IReadOnlyList<string>? Fallback { get; init; }

    /// <summary>How many days request records are kept: 1 to 365.</summary>
    public int? RetentionDays { get; init; }
}
