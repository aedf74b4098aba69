using LockLLM.Contracts.Scan;
using LockLLM.Engine;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>
/// One request before the guard.
/// <code>
///   recall    which texts are known: cleared ones pass, refused ones of earlier turns are withheld
///   judge     the others, each by its own trust, however long
///   join      the recent turns and the pieces of the newest one, for attacks that no single text holds
/// </code>
/// </summary>
internal sealed class Inspection(PromptMap map, PartMemory memory, PartKeys keys, GuardSettings settings, ScanDirectives directives)
{
    /// <summary>Longer texts are judged piece by piece, so that none holds a processor or its buffers for long.</summary>
    public const int PieceChars = 100_000;

    /// <summary>An attack that lies across the end of a piece is whole in the next one.</summary>
    public const int PieceOverlap = 2_000;

    private readonly UInt128[] _keys = new UInt128[map.Parts.Length];
    private readonly PartState[] _states = new PartState[map.Parts.Length];

    // For each turn the name of the conversation up to its end.
    private readonly List<(int Turn, UInt128 Key)> _turns = [];
    private readonly List<int> _attacks = [];
    private readonly List<int> _withheld = [];
    private readonly List<TextOrigin> _inContext = [];
    private readonly double _threshold = Thresholds.Of(directives.Sensitivity);
    private Coverage.Ledger _ledger = new(map.Parts.Length);
    private UInt128 _newest;
    private double _worst;
    private IReadOnlyList<Finding> _findings = [];
    private IReadOnlyList<ScanThreat>? _threats;
    private int _threatsLength;

    private enum PartState : byte
    {
        Unknown,
        Known,

        /// <summary>An attack of an earlier turn, answered then.</summary>
        Past,
        Withheld,
        Attack,
    }

    /// <summary>Unicode scalar values that have to be judged.</summary>
    public long Unknown { get; private set; }

    public void Recall()
    {
        NameParts();
        var parts = map.Parts;
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            _states[i] = Recall(part, _keys[i]);
            switch (_states[i])
            {
                case PartState.Known or PartState.Past:
                    _ledger.Remembered(part.Scalars);
                    break;
                case PartState.Withheld:
                    _withheld.Add(i);
                    _ledger.Withheld();
                    break;
                default:
                    Unknown += part.Scalars;
                    break;
            }
        }
    }

    /// <summary>Judges what is not known; null when that could not be done or took too long.</summary>
    public GuardReport.Scanned? Judge(ScanStage stage, Func<bool> isOverdue, string requestId)
    {
        var parts = map.Parts;
        for (var i = 0; i < parts.Length; i++)
        {
            if (_states[i] == PartState.Unknown && (isOverdue() || !JudgePart(i, stage, isOverdue, requestId)))
            {
                return null;
            }
        }

        if (_attacks.Count == 0 && !JudgeJoined(stage, requestId))
        {
            return null;
        }

        var isAttack = _threats is not null;
        return _ledger.Close() is not { } coverage ? null : new GuardReport.Scanned(coverage)
        {
            Unscanned = map.Unscanned,
            IsAttack = isAttack,
            Score = _worst,
            Sentence = isAttack ? WireWords.Sentence(_findings.Count > 0 ? _findings[0].Category : ThreatCategory.Injection) : null,
            Threats = _threats,
            ThreatsLength = _threatsLength,
            InContext = _inContext,
            Withheld = _withheld,
        };
    }

    private Trust TrustOf(TextOrigin origin) => origin switch
    {
        TextOrigin.Definition when !settings.TrustsDefinitions => Trust.User,
        TextOrigin.ToolResult => Trust.Tool,
        TextOrigin.Document => Trust.Document,
        TextOrigin.System or TextOrigin.Definition => Trust.System,
        TextOrigin.Assistant => Trust.Assistant,
        _ => Trust.User,
    };

    private void NameParts()
    {
        var parts = map.Parts;
        var conversation = UInt128.One;
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            _keys[i] = keys.Of(TrustOf(part.Origin), map.TextOf(part));
            if (settings.Trusts(part.Origin))
            {
                continue;
            }

            if (map.IsNewest(part))
            {
                _newest = PartKeys.Then(_newest, _keys[i]);
            }

            if (part.Turn == TextPart.Standing)
            {
                continue;
            }

            conversation = PartKeys.Then(conversation, _keys[i]);
            if (_turns.Count > 0 && _turns[^1].Turn == part.Turn)
            {
                _turns[^1] = (part.Turn, conversation);
            }
            else
            {
                _turns.Add((part.Turn, conversation));
            }
        }
    }

    private PartState Recall(in TextPart part, UInt128 key)
    {
        var isUntrusted = !settings.Trusts(part.Origin);
        var isOld = isUntrusted && !map.IsNewest(part);
        if (isOld && WasTurnRefused(part.Turn))
        {
            return PartState.Withheld;
        }

        if (!memory.TryFind(key, out var known))
        {
            return PartState.Unknown;
        }

        if (known.Score < _threshold)
        {
            return PartState.Known;
        }

        if (!isUntrusted)
        {
            NoteContext(part.Origin);
            return PartState.Known;
        }

        // An attack of an earlier turn was answered then: it is not sent again, nor the conversation stopped at every call.
        // In the newest turn, or when the refused call is merely repeated, it is what the call is judged by.
        if (!isOld)
        {
            return PartState.Unknown;
        }

        return !directives.Blocks ? PartState.Past
            : known.RefusedIn != UInt128.Zero && known.RefusedIn != _newest ? PartState.Withheld
            : PartState.Unknown;
    }

    private bool WasTurnRefused(int turn)
    {
        if (!directives.Blocks)
        {
            return false;
        }

        foreach (var (number, key) in _turns)
        {
            if (number == turn)
            {
                return memory.TryFind(key, out var known) && known.RefusedIn != UInt128.Zero && known.RefusedIn != _newest;
            }
        }

        return false;
    }

    private bool JudgePart(int index, ScanStage stage, Func<bool> isOverdue, string requestId)
    {
        var part = map.Parts[index];
        var text = map.TextOf(part);
        if (JudgeText(text, TrustOf(part.Origin), stage, isOverdue, requestId) is not { } verdict)
        {
            return false;
        }

        _ledger.Judged(part.Scalars);
        var isAttack = verdict.Score >= _threshold;
        var isTrusted = settings.Trusts(part.Origin);
        var isRefused = isAttack && !isTrusted && directives.Blocks;
        memory.Remember(_keys[index], new KnownPart((float)verdict.Score, isRefused ? _newest : UInt128.Zero));
        _states[index] = PartState.Known;
        if (isTrusted)
        {
            if (isAttack)
            {
                NoteContext(part.Origin);
            }

            return true;
        }

        if (isAttack)
        {
            _states[index] = PartState.Attack;
            _attacks.Add(index);
        }

        if (verdict.Score > _worst)
        {
            _worst = verdict.Score;
            if (isAttack)
            {
                _findings = verdict.Findings;
                _threats = Threats.Of(verdict.Findings, directives.Sensitivity, text, part.Origin.Word());
                _threatsLength = part.Scalars;
            }
        }

        return true;
    }

    private static (double Score, IReadOnlyList<Finding> Findings)? JudgeText(ReadOnlySpan<char> text, Trust trust, ScanStage stage, Func<bool> isOverdue, string requestId)
    {
        if (text.Length <= PieceChars + PieceOverlap)
        {
            return stage.Judge(text, trust, requestId).Verdict is { } verdict ? (verdict.Score, verdict.Findings) : null;
        }

        var worst = 0d;
        List<Finding> findings = [];
        for (var start = 0; start < text.Length; start += PieceChars)
        {
            if (isOverdue() || stage.Judge(text[start..Math.Min(text.Length, start + PieceChars + PieceOverlap)], trust, requestId).Verdict is not { } verdict)
            {
                return null;
            }

            worst = Math.Max(worst, verdict.Score);
            var offset = start;
            findings.AddRange(verdict.Findings.Select(finding => finding with { Span = new TextSpan(finding.Span.Start + offset, finding.Span.End + offset) }));
        }

        findings.Sort(static (a, b) => (b.Score, a.Span.Start).CompareTo((a.Score, b.Span.Start)));
        return (worst, [.. findings.DistinctBy(static finding => (finding.Category, finding.Span)).Take(16)]);
    }

    /// <summary>Attacks in pieces: over the recent turns of the user, and over the blocks of the newest turn.</summary>
    private bool JudgeJoined(ScanStage stage, string requestId) =>
        JudgeJoin(Trust.User, "\n", static (_, part) => part.Origin == TextOrigin.User, stage, requestId)
        && JudgeJoin(Trust.User, "", static (map, part) => part.Origin == TextOrigin.User && map.IsNewest(part), stage, requestId)
        && JudgeJoin(Trust.Document, "\n", static (map, part) => part.Origin is TextOrigin.ToolResult or TextOrigin.Document && map.IsNewest(part), stage, requestId);

    private bool JudgeJoin(Trust trust, string separator, Func<PromptMap, TextPart, bool> belongs, ScanStage stage, string requestId)
    {
        if (_threats is not null)
        {
            return true;
        }

        using var joined = JoinedTexts.Of(map, index => _states[index] == PartState.Known && belongs(map, map.Parts[index]), separator);
        if (joined is null)
        {
            return true;
        }

        if (stage.Judge(joined.Text, trust, requestId).Verdict is not { } verdict)
        {
            return false;
        }

        // What lies within one text was judged there.
        foreach (var finding in verdict.Findings)
        {
            if (finding.Score >= _threshold && joined.Touched(finding.Span) is { Count: > 1 } touched)
            {
                var last = map.Parts[touched[^1]];
                _worst = Math.Max(_worst, finding.Score);
                _findings = [finding];
                _threats = [new ScanThreat(WireWords.Of(finding.Category), Score.Rounded(finding.Score), 0, last.Scalars, WireWords.Of(finding.Layers)) { Origin = last.Origin.Word() }];
                _threatsLength = last.Scalars;
                RememberTurns(touched, finding.Score);
                break;
            }
        }

        return true;
    }

    // Each text alone is harmless and may come again elsewhere; only at these points of this conversation it is not.
    private void RememberTurns(List<int> touched, double score)
    {
        foreach (var (turn, key) in _turns)
        {
            if (directives.Blocks && touched.Exists(index => map.Parts[index].Turn == turn))
            {
                memory.Remember(key, new KnownPart((float)score, _newest));
            }
        }
    }

    private void NoteContext(TextOrigin origin)
    {
        if (!_inContext.Contains(origin))
        {
            _inContext.Add(origin);
        }
    }
}
