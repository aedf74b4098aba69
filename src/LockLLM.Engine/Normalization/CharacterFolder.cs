using System.Text;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>
/// Last reading of a text, to the form that features see: lower case, without diacritics, look-alike letters as the
/// ASCII letters they imitate (UTS #39), typographic signs as ASCII, white space as one space or one line break.
/// Genuine Cyrillic and Greek words are folded the same way; what learns from the features has seen them like that.
/// </summary>
internal static class CharacterFolder
{
    private const int MinRoom = 4096;

    public static void Fold(MappedText source, MappedText target)
    {
        target.Clear();
        var chars = source.Chars;
        var starts = source.Starts;
        var ends = source.Ends;
        var layers = source.Layers;
        var alike = new LookAlikeWords(chars);
        for (var at = 0; at < chars.Length;)
        {
            var character = chars[at];
            if (char.IsWhiteSpace(character))
            {
                at = FoldWhiteSpace(source, at, target);
            }
            else if (char.IsAscii(character))
            {
                target.Append(char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character, starts[at], ends[at], layers[at]);
                at++;
            }
            else
            {
                at = FoldOther(source, at, ref alike, target);
            }
        }
    }

    private static int FoldOther(MappedText source, int at, ref LookAlikeWords alike, MappedText target)
    {
        var chars = source.Chars;
        Rune.DecodeFromUtf16(chars[at..], out var rune, out var width);
        var (start, end) = (source.Starts[at], source.Ends[at + width - 1]);
        var layers = source.Layers[at];
        if (CharacterTable.Fold.TryGet(rune.Value, out var replacement, out var isAlike))
        {
            if (isAlike && alike.IsDisguisedAt(at))
            {
                layers |= EncodingLayers.Confusables;
            }

            foreach (var character in Bounded(replacement, source, target))
            {
                Append(target, character, start, end, layers);
            }
        }
        else if (rune == Rune.ReplacementChar)
        {
            target.Append('\uFFFD', start, end, layers);
        }
        else if (rune.Value is < 0xE0000 or > 0xE0FFF)
        {
            target.Append(source, at, width);
        }

        return at + width;
    }

    /// <summary>Text of nothing but characters that stand for many others must not grow the work many times over.</summary>
    public static ReadOnlySpan<char> Bounded(ReadOnlySpan<char> replacement, MappedText source, MappedText target) =>
        target.Length > (2 * source.Length) + MinRoom && replacement.Length > 1 ? replacement[..1] : replacement;

    private static int FoldWhiteSpace(MappedText source, int from, MappedText target)
    {
        var chars = source.Chars;
        var to = from;
        var folded = ' ';
        var layers = EncodingLayers.None;
        for (; to < chars.Length && char.IsWhiteSpace(chars[to]); to++)
        {
            layers |= source.Layers[to];
            if (chars[to] is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029')
            {
                folded = '\n';
            }
        }

        Append(target, folded, source.Starts[from], source.Ends[to - 1], layers);
        return to;
    }

    /// <summary>Some characters stand for a space and more (U+FFE3): white space stays one sign whatever it came from.</summary>
    private static void Append(MappedText target, char character, int start, int end, EncodingLayers layers)
    {
        if (character is not (' ' or '\n') || target.Length == 0 || target.Chars[^1] is not (' ' or '\n'))
        {
            target.Append(character, start, end, layers);
        }
        else
        {
            target.WidenLast(character == '\n' ? character : target.Chars[^1], end, layers);
        }
    }
}
