using LockLLM.Engine.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Replaces encoded parts of a text by what they say, in place and up to three layers deep; everything else stays.
/// Long matter that decodes to no text (keys, hashes, images) becomes one <see cref="Unreadable"/>.
/// Holds buffers: one for each workspace, not thread-safe.
/// </summary>
internal sealed class Decoder
{
    /// <summary>Stands for a long run of encoded binary matter. <see cref="Normalization.TextCleaner"/> removes it from input.</summary>
    public const char Unreadable = '\uE000';

    private const int Rounds = 3;

    /// <summary>Layers only shrink text, but for compressed matter, which has a limit of its own; so this is never used up.</summary>
    private const int BudgetBase = 1024 * 1024;

    // Escapes stand inside the alphabets of the others, decimal digits inside that of hexadecimal, all inside that of base64.
    private readonly Layer[] _layers =
    [
        new PercentLayer(), new HtmlLayer(), new EscapesLayer(), new QuotedPrintableLayer(), new MorseLayer(),
        new BinaryLayer(), new CharacterCodesLayer(), new HexLayer(), new Base32Layer(), new Base64Layer(),
    ];

    private readonly DecodingBuffers _buffers = new();
    private readonly Rewriter _rewriter = new();
    private MappedText _current = new();
    private MappedText _next = new();

    /// <summary>Writes the decoded text to <paramref name="target"/>; answers whether anything was decoded.</summary>
    public bool Decode(MappedText source, MappedText target)
    {
        target.Clear();
        _rewriter.Budget = (16L * source.Length) + BudgetBase;
        _buffers.Renew(source.Length);
        var text = source;
        for (var round = 0; round < Rounds && RunRound(ref text); round++)
        {
        }

        target.Append(text, 0, text.Length);
        return text != source;
    }

    /// <summary>Wipes the text; gives memory back that grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        _current.Forget(keepCapacity);
        _next.Forget(keepCapacity);
        _buffers.Forget(keepCapacity);
    }

    private bool RunRound(ref MappedText text)
    {
        var signals = TextSignals.Of(text.Chars);
        var changed = false;
        foreach (var layer in _layers)
        {
            if (!layer.MayApply(signals))
            {
                continue;
            }

            _rewriter.Begin(text, _next);
            layer.Undo(text.Chars, _rewriter, _buffers);
            if (_rewriter.Finish())
            {
                (_current, _next) = (_next, _current);
                text = _current;
                signals = TextSignals.Of(text.Chars);
                changed = true;
            }
        }

        return changed;
    }
}
