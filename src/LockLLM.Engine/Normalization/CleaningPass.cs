using System.Text;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>One run of <see cref="TextCleaner"/> over everything that is not plain ASCII.</summary>
internal ref struct CleaningPass(MappedText source, MappedText target)
{
    private const int DecoratedLettersThatSpell = 3;

    private readonly ReadOnlySpan<char> _chars = source.Chars;
    private ComposingWriter _writer = new(target);
    private int _decoratedUntil;
    private EncodingLayers _decoration;

    public void CopyPlain(int from, int count) => _writer.Copy(source, from, count);

    public void Finish() => _writer.Flush();

    /// <summary>Reads one character, or a run of hidden ones, and returns the position after it.</summary>
    public int ReadSpecial(int at)
    {
        var scalar = ScalarAt(at, out var width);
        if (HiddenText.IsTag(scalar))
        {
            return HiddenText.ReadTags(source, at, ref _writer);
        }

        if (HiddenText.IsVariationSelector(scalar))
        {
            return HiddenText.ReadVariationSelectors(source, at, ref _writer);
        }

        if (scalar is >= 0xE0000 and <= 0xE0FFF)
        {
            _writer.Hide(mayBeOrthography: false); // reserved, and ignored by whatever shows text
        }
        else if (scalar < 0x80)
        {
            Write(' ', at, width, EncodingLayers.None); // a control character; the plain ones never come here
        }
        else if (!CharacterTable.Clean.TryGet(scalar, out var replacement, out var isDecorated))
        {
            WriteAsItIs(scalar, at, width);
        }
        else if (replacement.IsEmpty)
        {
            HideInvisible(scalar);
        }
        else
        {
            var layers = isDecorated ? DecorationAt(at) : EncodingLayers.None;
            foreach (var character in CharacterFolder.Bounded(replacement, source, target))
            {
                Write(character, at, width, layers);
            }
        }

        return at + width;
    }

    /// <summary>The character at a position; U+FFFD for half of a pair.</summary>
    private readonly int ScalarAt(int at, out int width)
    {
        Rune.DecodeFromUtf16(_chars[at..], out var rune, out width);
        return rune.Value;
    }

    private void WriteAsItIs(int scalar, int at, int width)
    {
        if (scalar == Rune.ReplacementChar.Value)
        {
            Write('\uFFFD', at, width, EncodingLayers.None);
            return;
        }

        for (var i = at; i < at + width; i++)
        {
            Write(_chars[i], at, width, EncodingLayers.None);
        }
    }

    private void HideInvisible(int scalar)
    {
        if (scalar == 0x20E3)
        {
            return; // the box around a keycap emoji
        }

        // Persian and the Indic scripts spell with joiners.
        _writer.Hide(mayBeOrthography: scalar is 0x200C or 0x200D);
    }

    private void Write(char character, int at, int width, EncodingLayers layers)
    {
        for (var i = at; i < at + width; i++)
        {
            layers |= source.Layers[i];
        }

        _writer.Write(character, source.Starts[at], source.Ends[at + width - 1], layers);
    }

    /// <summary>
    /// One boxed letter or a flag of two regional indicators is an ordinary emoji, 𝑥 is a variable: only a run of
    /// such letters, also one with single spaces inside, spells something. Each run is measured once.
    /// </summary>
    private EncodingLayers DecorationAt(int at)
    {
        if (at < _decoratedUntil)
        {
            return _decoration;
        }

        var (letters, gap, position) = (0, 0, at);
        while (position < _chars.Length && gap <= 2)
        {
            var scalar = ScalarAt(position, out var width);
            var isKnown = CharacterTable.Clean.TryGet(scalar, out var replacement, out var isDecorated);
            position += width;
            if (isDecorated)
            {
                letters++;
                gap = 0;
                _decoratedUntil = position;
            }
            else if (scalar == ' ' || (isKnown && replacement.IsEmpty))
            {
                gap++;
            }
            else
            {
                break;
            }
        }

        _decoration = letters >= DecoratedLettersThatSpell ? EncodingLayers.SymbolLetters : EncodingLayers.None;
        return _decoration;
    }
}
