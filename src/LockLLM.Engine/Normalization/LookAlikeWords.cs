using System.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>
/// Tells letters that imitate ASCII from honest ones of another script: the word has ASCII letters too, or it is made
/// of look-alikes only and stands between ASCII words. Each word is judged once.
/// </summary>
internal ref struct LookAlikeWords(ReadOnlySpan<char> chars)
{
    private const int WidestGap = 3;
    private const int ShortestImitation = 2; // a single α or β is a symbol

    private readonly ReadOnlySpan<char> _chars = chars;
    private int _judgedUntil;
    private bool _isDisguised;

    public bool IsDisguisedAt(int at)
    {
        if (at >= _judgedUntil)
        {
            _isDisguised = JudgeWordAt(at);
        }

        return _isDisguised;
    }

    private bool JudgeWordAt(int at)
    {
        var first = at;
        while (first > _judgedUntil && IsPartOfWord(_chars[first - 1]))
        {
            first--;
        }

        var (hasAscii, hasOther, last) = (false, false, first);
        while (last < _chars.Length && IsPartOfWord(_chars[last]))
        {
            Rune.DecodeFromUtf16(_chars[last..], out var rune, out var width);
            hasAscii |= rune.IsAscii;
            var isFolded = CharacterTable.Fold.TryGet(rune.Value, out var replacement, out var isAlike);
            hasOther |= !rune.IsAscii && !isAlike && !(isFolded && replacement.IsEmpty);
            last += width;
        }

        _judgedUntil = last;
        return hasAscii || (!hasOther && last - first >= ShortestImitation && HasAsciiNeighbour(first - 1, -1) && HasAsciiNeighbour(last, 1));
    }

    private readonly bool HasAsciiNeighbour(int at, int step)
    {
        for (var gap = 0; gap < WidestGap && (uint)at < (uint)_chars.Length; gap++, at += step)
        {
            if (IsPartOfWord(_chars[at]))
            {
                return char.IsAsciiLetter(_chars[at]);
            }
        }

        return false;
    }

    private static bool IsPartOfWord(char character) => char.IsAsciiLetter(character)
        || (character > '\u007F' && (char.IsLetter(character) || character is >= '\u0300' and <= '\u036F' || IsOfRareLetter(character)));

    /// <summary>Letters beyond the basic plane; the pairs that begin with D83C to D83E are emoji.</summary>
    private static bool IsOfRareLetter(char character) => char.IsSurrogate(character) && character is not (>= '\uD83C' and <= '\uD83E');
}
