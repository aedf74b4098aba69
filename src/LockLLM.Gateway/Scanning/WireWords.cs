using System.Text;
using LockLLM.Contracts;
using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

/// <summary>The engine's values in the spelling of the wire.</summary>
internal static class WireWords
{
    private static readonly (EncodingLayers Layer, string Word)[] s_layers =
        [.. Enum.GetValues<EncodingLayers>().Where(layer => layer != EncodingLayers.None).Select(layer => (layer, SnakeCase(layer.ToString())))];

    public static string Of(ThreatCategory category) => category switch
    {
        ThreatCategory.Jailbreak => ThreatCategories.Jailbreak,
        ThreatCategory.SystemPromptExtraction => ThreatCategories.SystemPromptExtraction,
        ThreatCategory.ToolAbuse => ThreatCategories.ToolAbuse,
        ThreatCategory.RagInjection => ThreatCategories.RagInjection,
        ThreatCategory.Obfuscation => ThreatCategories.Obfuscation,
        _ => ThreatCategories.Injection,
    };

    public static string Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Low => SensitivityLevels.Low,
        Sensitivity.High => SensitivityLevels.High,
        _ => SensitivityLevels.Medium,
    };

    public static Sensitivity SensitivityOf(string word) => word switch
    {
        SensitivityLevels.Low => Sensitivity.Low,
        SensitivityLevels.High => Sensitivity.High,
        _ => Sensitivity.Medium,
    };

    /// <summary>Names of the layers joined by <c>+</c>, such as <c>base64+unicode_tags</c>; null for plain text.</summary>
    public static string? Of(EncodingLayers layers) =>
        layers == EncodingLayers.None ? null : string.Join('+', s_layers.Where(entry => layers.HasFlag(entry.Layer)).Select(entry => entry.Word));

    /// <summary>What happened, in a sentence for a person.</summary>
    public static string Sentence(ThreatCategory category) => category switch
    {
        ThreatCategory.Jailbreak => "Attempt to talk the model out of its safety rules.",
        ThreatCategory.SystemPromptExtraction => "Attempt to extract the system prompt.",
        ThreatCategory.ToolAbuse => "Attempt to turn tools against their user.",
        ThreatCategory.RagInjection => "Instructions to the model inside content.",
        ThreatCategory.Obfuscation => "Text disguised from human readers.",
        _ => "Attempt to override the instructions of the model.",
    };

    private static string SnakeCase(string name)
    {
        var word = new StringBuilder(name.Length + 4);
        foreach (var character in name)
        {
            if (char.IsAsciiLetterUpper(character) && word.Length > 0)
            {
                word.Append('_');
            }

            word.Append(char.ToLowerInvariant(character));
        }

        return word.ToString();
    }
}
