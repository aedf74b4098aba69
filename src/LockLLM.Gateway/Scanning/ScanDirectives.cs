using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Engine;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Scanning;

/// <summary>
/// How one text is to be judged. Header over body over default; an unknown word is an error and never the default,
/// since a typo in a blocking header must not switch protection off.
/// </summary>
internal sealed record ScanDirectives(bool AsksPolicies, bool Blocks, Sensitivity Sensitivity, Trust Trust)
{
    /// <summary>Whether the caller asked for less than the account holds fast to, and did not get it.</summary>
    public bool IsHeldFast { get; private init; }

    /// <summary>Spelling of the wire.</summary>
    public string ModeWord => AsksPolicies ? ScanModes.Combined : ScanModes.Normal;

    /// <summary>Spelling of the wire.</summary>
    public string SensitivityWord => WireWords.Of(Sensitivity);

    /// <summary>Reads what the caller asks for; gives either it or the error.</summary>
    public static Error? Read(IHeaderDictionary headers, Func<Control, string?> body, ScanDefaults defaults, out ScanDirectives? directives)
    {
        directives = null;
        var asked = new ScanDirectives(AsksPolicies: true, defaults.Blocks, defaults.Sensitivity, Trust.User);
        foreach (var control in Control.All)
        {
            var (header, field) = (Header(headers, control), Given(body(control)));
            if ((Check(control, control.Header, header) ?? Check(control, control.Field, field)) is { } wrong)
            {
                return wrong;
            }

            if ((header ?? field) is { } word)
            {
                asked = asked.With(control, word);
            }
        }

        directives = defaults.AreLocked ? asked.HeldTo(defaults) : asked;
        return null;
    }

    public static Error Unknown(Control control, string param) =>
        new(ErrorCode.InvalidParameter, $"Unknown value for {param}; it takes {control.Choices}.", param);

    private ScanDirectives With(Control control, string word) => control switch
    {
        _ when control == Control.Mode => this with { AsksPolicies = word is not ScanModes.Normal },
        _ when control == Control.ScanAction => this with { Blocks = word is ThreatActions.Block },
        _ when control == Control.Sensitivity => this with { Sensitivity = WireWords.SensitivityOf(word) },
        _ when control == Control.Context => this with { Trust = word switch { TextContexts.Document => Trust.Document, TextContexts.Tool => Trust.Tool, _ => Trust.User } },
        // Allowed, and without effect on the verdict.
        _ => this,
    };

    // The stricter of the two in each respect.
    private ScanDirectives HeldTo(ScanDefaults defaults)
    {
        var held = this with
        {
            AsksPolicies = true,
            Blocks = Blocks || defaults.Blocks,
            Sensitivity = Thresholds.Of(Sensitivity) <= Thresholds.Of(defaults.Sensitivity) ? Sensitivity : defaults.Sensitivity,
        };
        return held with { IsHeldFast = held != this };
    }

    private static Error? Check(Control control, string? param, string? word) => word switch
    {
        null => null,
        _ when !control.IsKnown(word) => Unknown(control, param!),
        _ when control.IsLater(word) => new Error(
            ErrorCode.FeatureUnavailable, $"This version does not do what {param} asks for. Leave it out, so that nothing seems checked that is not.", param),
        _ => null,
    };

    private static string? Header(IHeaderDictionary headers, Control control) =>
        control.Header is not null && headers.TryGetValue(control.Header, out var values) ? Given(values.ToString()) : null;

    // Present but empty means absent, in headers and in the body.
    private static string? Given(string? word) => string.IsNullOrEmpty(word) ? null : word;
}

/// <summary>What applies where the caller asks for nothing.</summary>
/// <param name="Blocks">Whether an attack is refused.</param>
/// <param name="Sensitivity">How readily a score is called an attack.</param>
/// <param name="AreLocked">Whether the caller may ask for more but not for less.</param>
internal sealed record ScanDefaults(bool Blocks, Sensitivity Sensitivity, bool AreLocked)
{
    /// <summary>Those of <c>POST /v1/scan</c>.</summary>
    public static readonly ScanDefaults OfScan = new(Blocks: false, Sensitivity.Medium, AreLocked: false);
}
