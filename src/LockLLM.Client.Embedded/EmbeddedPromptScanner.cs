using System.Text.Json;
using LockLLM.Engine;

namespace LockLLM.Client.Embedded;

/// <summary>
/// Judges prompts with the engine in this process: no gateway, no key, no network. Finds attacks; policies, misuse, personal
/// data, compression and routing are a gateway's, and asking for them is an error rather than silence.
/// </summary>
/// <remarks>Build one and keep it: it loads the model, and may be called from any thread.</remarks>
public sealed class EmbeddedPromptScanner : IPromptScanner
{
    /// <summary>Most Unicode characters of a text, as with a gateway.</summary>
    public const int MaxChars = 100_000;

    private readonly PromptScanner _engine;
    private readonly ScanOptions _defaults;

    /// <summary>Loads the engine's own model.</summary>
    /// <param name="defaults">What is looked for unless a call says otherwise.</param>
    public EmbeddedPromptScanner(ScanOptions? defaults = null)
        : this(new PromptScanner(), defaults)
    {
    }

    /// <summary>Uses an engine that is there already.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="defaults">What is looked for unless a call says otherwise.</param>
    public EmbeddedPromptScanner(PromptScanner engine, ScanOptions? defaults)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _defaults = defaults is null ? new ScanOptions() : defaults with { };
    }

    /// <summary>Judges one text on the calling thread.</summary>
    /// <param name="input">The text, up to 100,000 Unicode characters.</param>
    /// <param name="options">What to look for; null takes the scanner's defaults.</param>
    /// <exception cref="PromptInjectionException">The text is an attack and the options say to block it.</exception>
    /// <exception cref="LockLlmConfigurationException">The options ask for what only a gateway does.</exception>
    /// <exception cref="LockLlmException">The text is too long.</exception>
    public ScanResult Scan(string input, ScanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= _defaults;
        Check(options);
        var chars = Scalars(input);
        var requestId = "local_" + Guid.NewGuid().ToString("N");
        if (chars > MaxChars)
        {
            throw new LockLlmException($"Input exceeds {MaxChars} characters.") { Type = "invalid_request_error", Code = "input_too_long", Status = 413, RequestId = requestId };
        }

        var sensitivity = options.Sensitivity switch
        {
            Sensitivity.Low => Engine.Sensitivity.Low,
            Sensitivity.High => Engine.Sensitivity.High,
            _ => Engine.Sensitivity.Medium,
        };
        var verdict = _engine.Scan(input, options.Context switch { TextContext.Tool => Trust.Tool, TextContext.Document => Trust.Document, _ => Trust.User });
        var isAttack = verdict.IsAttack(sensitivity);
        var injection = Rounded(verdict.Score);
        var confidence = isAttack ? injection : Rounded(100 - injection);
        List<Threat> threats = isAttack ? [.. verdict.Findings.Where(finding => finding.Score >= Thresholds.Of(sensitivity)).Select(finding => Told(finding, input))] : [];
        if (isAttack && options.ScanAction == ScanAction.Block)
        {
            throw new PromptInjectionException("Request refused: the text attacks the model's instructions.")
            {
                RequestId = requestId,
                ScanResult = new RefusedScan { IsSafe = false, Label = 1, Confidence = confidence, InjectionScore = injection, Sensitivity = options.Sensitivity, Threats = threats },
            };
        }

        return new ScanResult
        {
            IsSafe = !isAttack,
            Label = isAttack ? 1 : 0,
            Confidence = confidence,
            InjectionScore = injection,
            Sensitivity = options.Sensitivity,
            SensitivityName = Words(options.Sensitivity.ToString()),
            RequestId = requestId,
            Usage = new ScanUsage(1, chars),
            Threats = threats,
            Coverage = new ScanCoverage(chars, chars),
            ScanWarning = isAttack ? new ScanWarning("The text attacks the model's instructions.", injection, confidence, 1) : null,
        };
    }

    /// <inheritdoc/>
    /// <remarks>Works on a thread of the pool, so that the caller's is free.</remarks>
    public Task<ScanResult> ScanAsync(string input, ScanOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Task.Run(() => Scan(input, options), cancellationToken);
    }

    private static void Check(ScanOptions options)
    {
        string?[] asked =
        [
            options.Mode is ScanMode.PolicyOnly ? nameof(options.Mode) : null,
            options.PolicyAction is null ? null : nameof(options.PolicyAction),
            options.AbuseAction is null ? null : nameof(options.AbuseAction),
            options.PiiAction is null ? null : nameof(options.PiiAction),
            options.Compression is null && options.CompressionRate is null ? null : nameof(options.Compression),
            options.RouteAction is null or RouteAction.Disabled ? null : nameof(options.RouteAction),
        ];
        if (asked.OfType<string>().ToList() is { Count: > 0 } names)
        {
            throw new LockLlmConfigurationException($"{string.Join(", ", names)}: only a gateway does that. Use LockLlmClient, or leave it unset.");
        }
    }

    private static Threat Told(Finding finding, string input)
    {
        var start = Scalars(input.AsSpan(0, finding.Span.Start));
        var layers = finding.Layers == EncodingLayers.None
            ? null
            : string.Join('+', Enum.GetValues<EncodingLayers>().Where(layer => layer != EncodingLayers.None && finding.Layers.HasFlag(layer)).Select(layer => Words(layer.ToString())));
        return new Threat(Words(finding.Category.ToString()), Rounded(finding.Score), start, start + Scalars(input.AsSpan(finding.Span.Start, finding.Span.End - finding.Span.Start)), layers);
    }

    private static string Words(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static double Rounded(double score) => Math.Round(score, 1, MidpointRounding.AwayFromZero);

    private static int Scalars(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var unit in text)
        {
            count -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return count;
    }
}
