using LockLLM.Contracts;

namespace LockLLM.Client;

/// <summary>Our values in the spelling of the wire, and back.</summary>
internal static class WireWords
{
    public static string Of(ScanMode mode) => mode switch
    {
        ScanMode.Normal => ScanModes.Normal,
        ScanMode.PolicyOnly => ScanModes.PolicyOnly,
        ScanMode.Combined => ScanModes.Combined,
        _ => throw Unknown(nameof(ScanMode), mode),
    };

    public static string Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Low => SensitivityLevels.Low,
        Sensitivity.Medium => SensitivityLevels.Medium,
        Sensitivity.High => SensitivityLevels.High,
        _ => throw Unknown(nameof(Sensitivity), sensitivity),
    };

    public static string Of(ScanAction action) => action switch
    {
        ScanAction.Block => ThreatActions.Block,
        ScanAction.AllowWithWarning => ThreatActions.AllowWithWarning,
        _ => throw Unknown(nameof(ScanAction), action),
    };

    public static string Of(PiiAction action) => action switch
    {
        PiiAction.Strip => PiiActions.Strip,
        PiiAction.Block => PiiActions.Block,
        PiiAction.AllowWithWarning => PiiActions.AllowWithWarning,
        _ => throw Unknown(nameof(PiiAction), action),
    };

    public static string Of(CompressionMethod method) => method switch
    {
        CompressionMethod.Toon => CompressionMethods.Toon,
        CompressionMethod.Compact => CompressionMethods.Compact,
        CompressionMethod.Combined => CompressionMethods.Combined,
        _ => throw Unknown(nameof(CompressionMethod), method),
    };

    public static string Of(RouteAction action) => action switch
    {
        RouteAction.Disabled => RouteActions.Disabled,
        RouteAction.Auto => RouteActions.Auto,
        RouteAction.Custom => RouteActions.Custom,
        _ => throw Unknown(nameof(RouteAction), action),
    };

    public static string Of(TextContext context) => context switch
    {
        TextContext.User => TextContexts.User,
        TextContext.Document => TextContexts.Document,
        TextContext.Tool => TextContexts.Tool,
        _ => throw Unknown(nameof(TextContext), context),
    };

    public static string Of(bool value) => value ? "true" : "false";

    /// <summary>Null for a word that a newer gateway may have learned.</summary>
    public static Sensitivity? ReadSensitivity(string? word) => word switch
    {
        SensitivityLevels.Low => Sensitivity.Low,
        SensitivityLevels.Medium => Sensitivity.Medium,
        SensitivityLevels.High => Sensitivity.High,
        _ => null,
    };

    private static LockLlmConfigurationException Unknown(string name, object value) =>
        new($"{value} is no value of {name}.");
}
