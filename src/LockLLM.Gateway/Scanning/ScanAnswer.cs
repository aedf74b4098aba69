using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Scan;
using LockLLM.Engine;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Scanning;

/// <summary>A verdict as the wire tells it: body, headers, or the refusal.</summary>
internal sealed class ScanAnswer
{
    /// <summary>The unit in which detector calls are counted for long texts; the detector itself looks at finer windows.</summary>
    public const int PieceScalars = 2_000;

    // No policies exist, so none is violated: docs/decisions/0003.
    private const double PolicyConfidence = 100;

    private readonly ScanDirectives _directives;
    private readonly PromptText _text;
    private readonly bool _isAttack;
    private readonly double _injection;
    private readonly double _confidence;
    private readonly string _sentence;

    public ScanAnswer(Verdict verdict, ScanDirectives directives, PromptText text)
    {
        _directives = directives;
        _text = text;
        _isAttack = verdict.IsAttack(directives.Sensitivity);
        _injection = Score.Rounded(verdict.Score);
        _confidence = _isAttack ? _injection : Score.Rounded(100 - _injection);
        _sentence = WireWords.Sentence(verdict.Findings.Count > 0 ? verdict.Findings[0].Category : ThreatCategory.Injection);
        var threats = _isAttack ? Scanning.Threats.Of(verdict.Findings, directives.Sensitivity, text.Span) : [];
        Threats = threats.Count > 0 ? threats : null;
    }

    public int Label => _isAttack ? 1 : 0;

    public double Injection => _injection;

    public double Confidence => _confidence;

    /// <summary>The attacks, most severe first; null without one to report.</summary>
    public IReadOnlyList<ScanThreat>? Threats { get; }

    /// <summary>The error to answer with, when the caller asked to block and there is something to block.</summary>
    public Error? Refusal => _isAttack && _directives.Blocks
        ? new Error(ErrorCode.PromptInjectionDetected, $"Request refused: {_sentence}")
        {
            ScanResult = new ScanResult
            {
                Safe = false,
                Label = 1,
                Confidence = _confidence,
                Injection = _injection,
                Sensitivity = _directives.SensitivityWord,
                Threats = Threats,
                Coverage = Coverage,
            },
        }
        : null;

    private ScanCoverage Coverage => new(_text.Scalars, _text.Scalars);

    public ScanResponse ToResponse(string requestId, ScanDebug? debug) => new()
    {
        RequestId = requestId,
        Safe = !_isAttack,
        Label = Label,
        Confidence = _confidence,
        Injection = _injection,
        PolicyConfidence = _directives.AsksPolicies ? PolicyConfidence : null,
        Sensitivity = _directives.SensitivityWord,
        Usage = new ScanUsage(Pieces + (_directives.AsksPolicies ? 1 : 0), _text.Scalars),
        Debug = debug,
        ScanWarning = _isAttack ? Warning : null,
        Threats = Threats,
        Coverage = Coverage,
    };

    public string DebugMode => Pieces > 1 ? DebugModes.Chunked : DebugModes.Unchunked;

    public void WriteHeaders(IHeaderDictionary headers)
    {
        headers[HeaderNames.Scanned] = "true";
        headers[HeaderNames.Safe] = _isAttack ? "false" : "true";
        headers[HeaderNames.UsedScanMode] = _directives.ModeWord;
        headers[HeaderNames.ScanMode] = _directives.ModeWord;
        headers[HeaderNames.Sensitivity] = _directives.SensitivityWord;
        headers[HeaderNames.Label] = _isAttack ? "1" : "0";
        if (_directives.AsksPolicies)
        {
            headers[HeaderNames.PolicyConfidence] = Score.Header(PolicyConfidence);
        }

        if (!_isAttack)
        {
            return;
        }

        headers[HeaderNames.ScanWarning] = "true";
        headers[HeaderNames.InjectionScore] = Score.Header(_injection);
        headers[HeaderNames.Confidence] = Score.Header(_confidence);
        headers[HeaderNames.ScanDetail] = Detail();
        if (_directives.Blocks)
        {
            headers[HeaderNames.Blocked] = "true";
        }
    }

    private int Pieces => Math.Max(1, (_text.Scalars + PieceScalars - 1) / PieceScalars);

    private ScanWarning Warning => new() { Message = _sentence, InjectionScore = _injection, Confidence = _confidence, Label = 1 };

    private string Detail() => ScanDetail.Encode(Warning with { Threats = Threats, Coverage = Coverage });
}
