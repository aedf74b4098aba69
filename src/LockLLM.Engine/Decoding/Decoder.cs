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
        _buffers.Renew();
        var text = source;
        var signals = TextSignals.Of(text.Chars);

        // Layer after layer, round after round, until all of them in turn found nothing more.
        var quiet = 0;
        for (var step = 0; step < Rounds * _layers.Length && quiet < _layers.Length; step++)
        {
            if (step % _layers.Length == 0 && step > 0)
            {
                signals = TextSignals.Of(text.Chars);
            }

            quiet++;
            if (_layers[step % _layers.Length] is var layer && layer.MayApply(signals) && Undo(layer, ref text))
            {
                (signals, quiet) = (TextSignals.Unknown, 0);
            }
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

    private bool Undo(Layer layer, ref MappedText text)
    {
        _rewriter.Begin(text, _next);
        layer.Undo(text.Chars, _rewriter, _buffers);
        if (!_rewriter.Finish())
        {
            return false;
        }

        (_current, _next) = (_next, _current);
        text = _current;
        return true;
    }
}
