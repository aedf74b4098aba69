using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Gateway.Accounts;

/// <summary>What happens to an attack.</summary>
internal enum ScanAction
{
    Block,
    AllowWithWarning,
}

internal enum SensitivityLevel
{
    Low,
    Medium,
    High,
}

/// <summary>What happens to a request that could not be scanned because the detector failed.</summary>
internal enum ScanFailureAction
{
    Block,
    Allow,
}

/// <summary>How an account wants its requests treated where a request does not say. Stored as JSON; a missing field is its default.</summary>
internal sealed record AccountSettings
{
    public static readonly AccountSettings Default = new();

    /// <summary>For the proxy; a scan answers with the verdict unless told otherwise.</summary>
    public ScanAction DefaultScanAction { get; init; } = ScanAction.Block;

    public SensitivityLevel Sensitivity { get; init; } = SensitivityLevel.Medium;

    /// <summary>Whether headers that would loosen these settings are ignored.</summary>
    public bool ActionsLocked { get; init; }

    public ScanFailureAction OnScanFailure { get; init; } = ScanFailureAction.Block;

    /// <summary>Whether requests with parts that cannot be scanned, such as images, are refused.</summary>
    public bool RefuseUnscannable { get; init; }

    /// <summary>Whether an attack in the description of a tool counts like one in a user's text, as it should where tools come from strangers.</summary>
    public bool DistrustToolDefinitions { get; init; }

    /// <summary>Of the account as a whole; null means the tier's figure.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Row of the tier table; null means the default tier.</summary>
    public string? Tier { get; init; }

    /// <summary>How long request records are kept; null means the gateway's figure.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>Where to ask instead, in turn, when a provider gives no answer; see <see cref="FallbackEntry"/>.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, AccountSettingsJson.Default.AccountSettings);

    public static AccountSettings Parse(string json) => JsonSerializer.Deserialize(json, AccountSettingsJson.Default.AccountSettings) ?? Default;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountSettings))]
internal sealed partial class AccountSettingsJson : JsonSerializerContext;
