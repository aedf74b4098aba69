using System.Buffers;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// International Morse code (ITU-R M.1677-1) in any dots and dashes; letters set apart by a space, words by a slash, a
/// bar, a line break or more spaces. At least four letters, three of them different, with both marks among them: rules,
/// table borders and ellipses of Markdown never are.
/// </summary>
internal sealed class MorseLayer : Layer
{
    private const int FewestLetters = 4;
    private const int LongestSign = 6;

    private static readonly SearchValues<char> Marks = SearchValues.Create(".·•∙⋅●․‧-_−–—‐‑‒―");

    // A sign is its marks after a leading 1 bit, dash = 1.
    private static readonly char[] Signs = BuildSigns();

    public static bool IsMark(char character) => MarkOf(character) != 0;

    public override bool MayApply(in TextSignals signals) => signals.Marks >= 8;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            if (chars[at..].IndexOfAny(Marks) is var next && next < 0)
            {
                return;
            }

            at += next;
            if (at > 0 && char.IsLetterOrDigit(chars[at - 1]))
            {
                while (at < chars.Length && IsMark(chars[at]))
                {
                    at++; // the end of a sentence
                }

                continue;
            }

            var end = ReadMessage(chars, at, buffers.Text(chars.Length - at), out var length, out var isMessage);
            if (isMessage)
            {
                text.Replace(at, end, buffers.Text(length), EncodingLayers.Morse);
            }

            at = end;
        }
    }

    /// <summary>Reads signs as far as they go; returns the position after the last.</summary>
    private static int ReadMessage(ReadOnlySpan<char> chars, int from, Span<char> message, out int length, out bool isMessage)
    {
        var (at, end, letters) = (from, from, 0);
        var (hasDot, hasDash) = (false, false);
        ulong seen = 0;
        length = 0;
        while (at < chars.Length)
        {
            var (sign, marks) = (1, 0);
            for (; at < chars.Length && MarkOf(chars[at]) is > 0 and var mark; at++, marks++)
            {
                sign = marks < LongestSign ? (sign << 1) | (mark - 1) : 0;
                hasDot |= mark == 1;
                hasDash |= mark == 2;
            }

            var letter = marks <= LongestSign ? Signs[sign] : '\0';
            if (letter == 0 || (at < chars.Length && char.IsLetterOrDigit(chars[at])))
            {
                end = Math.Max(end, marks == 0 ? at : at + (end == from ? 0 : -marks));
                break;
            }

            message[length++] = letter;
            letters += char.IsAsciiLetter(letter) ? 1 : 0;
            seen |= 1UL << (letter & 63);
            end = at;
            if (!SkipGap(chars, ref at, out var isWordGap))
            {
                break;
            }

            if (isWordGap)
            {
                message[length++] = ' ';
            }
        }

        length -= length > 0 && message[length - 1] == ' ' ? 1 : 0;
        isMessage = letters >= FewestLetters && hasDot && hasDash && System.Numerics.BitOperations.PopCount(seen) >= 3;
        return Math.Max(end, from + 1);
    }

    /// <summary>Passes the gap after a sign; false where the message ends.</summary>
    private static bool SkipGap(ReadOnlySpan<char> chars, ref int at, out bool isWordGap)
    {
        var from = at;
        isWordGap = false;
        while (at < chars.Length && at - from < 8 && chars[at] is ' ' or '/' or '|' or '\n' or '\r' or '\t')
        {
            isWordGap |= chars[at] is not ' ' || at > from + 1;
            at++;
        }

        return at > from && at < chars.Length && IsMark(chars[at]);
    }

    private static int MarkOf(char character) => character switch
    {
        '.' or '·' or '•' or '∙' or '⋅' or '●' or '․' or '‧' => 1,
        '-' or '_' or '−' or '–' or '—' or '‐' or '‑' or '‒' or '―' => 2,
        _ => 0,
    };

    private static char[] BuildSigns()
    {
        var signs = new char[1 << (LongestSign + 1)];
        const string Code = "a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- "
            + "w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----. ..-.-.- ,--..-- ?..--.. "
            + "'.----. !-.-.-- /-..-. (-.--. )-.--.- &.-... :---... ;-.-.-. =-...- +.-.-. --....- \".-..-. @.--.-. _..--.-";
        foreach (var entry in Code.Split(' '))
        {
            var sign = 1;
            foreach (var mark in entry.AsSpan(1))
            {
                sign = (sign << 1) | (mark == '-' ? 1 : 0);
            }

            signs[sign] = entry[0];
        }

        return signs;
    }
}
