using LockLLM.Engine.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>
/// Appends characters to a text, composing Hangul syllables and voiced kana on the way, and marks the letter that
/// follows an invisible character inside a word.
/// </summary>
internal ref struct ComposingWriter(MappedText target)
{
    private const char FirstScriptBeyondCyrillic = '\u0530';

    private char _pending;
    private int _pendingStart;
    private int _pendingEnd;
    private EncodingLayers _pendingLayers;
    private char _last;
    private Hidden _hidden;

    private enum Hidden : byte
    {
        Nothing,
        PossibleOrthography,
        Disguise,
    }

    /// <summary>The last character written, or NUL at the beginning.</summary>
    public readonly char Last => _last;

    /// <summary>Notes that something invisible stood here.</summary>
    public void Hide(bool mayBeOrthography)
    {
        var kind = mayBeOrthography ? Hidden.PossibleOrthography : Hidden.Disguise;
        _hidden = kind > _hidden ? kind : _hidden;
    }

    public void Copy(MappedText source, int from, int count)
    {
        Flush();
        var chars = source.Chars.Slice(from, count);
        target.Append(source, from, 1, LayersBefore(chars[0]));
        target.Append(source, from + 1, count - 1);
        _last = chars[^1];
    }

    public void Write(char character, int start, int end, EncodingLayers layers)
    {
        layers |= LayersBefore(character);
        _last = character;
        if (_pending != 0 && Composition.TryCompose(_pending, character, out var composed))
        {
            (_pending, _pendingEnd, _pendingLayers) = (composed, end, _pendingLayers | layers);
            return;
        }

        Flush();
        if (Composition.MayBegin(character))
        {
            (_pending, _pendingStart, _pendingEnd, _pendingLayers) = (character, start, end, layers);
            return;
        }

        target.Append(character, start, end, layers);
    }

    public void Flush()
    {
        if (_pending != 0)
        {
            target.Append(_pending, _pendingStart, _pendingEnd, _pendingLayers);
            _pending = '\0';
        }
    }

    private EncodingLayers LayersBefore(char next)
    {
        if (_hidden == Hidden.Nothing)
        {
            return EncodingLayers.None;
        }

        var isInsideWord = char.IsLetter(_last) && char.IsLetter(next)
            && (_hidden == Hidden.Disguise || next < FirstScriptBeyondCyrillic);
        _hidden = Hidden.Nothing;
        return isInsideWord ? EncodingLayers.InvisibleCharacters : EncodingLayers.None;
    }
}
