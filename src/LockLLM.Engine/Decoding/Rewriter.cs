using LockLLM.Engine.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>Builds the next view of a text from replacements that come in order; what lies between is copied.</summary>
internal sealed class Rewriter
{
    private MappedText _source = new();
    private MappedText _target = new();
    private int _copied;
    private bool _changed;

    /// <summary>Everything before this position of the source is settled.</summary>
    public int Done => _copied;

    public void Begin(MappedText source, MappedText target)
    {
        (_source, _target, _copied, _changed) = (source, target, 0, false);
        target.Clear();
    }

    /// <summary>Completes the target; answers whether it differs from the source.</summary>
    public bool Finish()
    {
        if (_changed)
        {
            _target.Append(_source, _copied, _source.Length - _copied);
        }

        return _changed;
    }

    /// <summary>Puts a decoded text, set apart from neighbouring words, in the place of a range.</summary>
    public bool Replace(int from, int to, ReadOnlySpan<char> text, EncodingLayers layers)
    {
        CopyUntil(from);
        if (_target.Length > 0 && char.IsLetterOrDigit(_target.Chars[^1]))
        {
            _target.AppendInPlaceOf(_source, from, to - from, " ", EncodingLayers.None);
        }

        _target.AppendInPlaceOf(_source, from, to - from, text, layers);
        _copied = to;
        if (to < _source.Length && char.IsLetterOrDigit(_source.Chars[to]))
        {
            _target.AppendInPlaceOf(_source, from, to - from, " ", EncodingLayers.None);
        }

        return true;
    }

    /// <summary>Puts one character in the place of its escape sequence.</summary>
    public void Put(int from, int to, char character, EncodingLayers layers)
    {
        CopyUntil(from);
        _target.Append(Visible(character), _source.Starts[from], _source.Ends[to - 1], _source.LayersOf(from, to) | layers);
        _copied = to;
    }

    /// <summary>Puts a character, as one or two units, in the place of its escape sequence.</summary>
    public void Put(int from, int to, System.Text.Rune rune, EncodingLayers layers)
    {
        Span<char> units = stackalloc char[2];
        CopyUntil(from);
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            _target.Append(Visible(unit), _source.Starts[from], _source.Ends[to - 1], _source.LayersOf(from, to) | layers);
        }

        _copied = to;
    }

    public void Remove(int from, int to)
    {
        CopyUntil(from);
        _copied = to;
    }

    /// <summary>Escaped control characters separate words at best, and nobody may write the decoder's own sign.</summary>
    public static char Visible(char character) => character switch
    {
        '\t' or '\n' or '\r' => character,
        < ' ' or (>= '\u007F' and < '\u00A0') => ' ',
        Decoder.Unreadable => '\uFFFD',
        _ => character,
    };

    private void CopyUntil(int from)
    {
        _target.Append(_source, _copied, from - _copied);
        _changed = true;
    }
}
