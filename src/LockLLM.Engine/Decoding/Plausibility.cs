using System.Buffers;
using System.Globalization;
using System.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>Whether decoded characters are something a person or a program wrote, rather than chance.</summary>
internal static class Plausibility
{
    private const int Short = 24;
    private static readonly SearchValues<char> EverydaySigns = SearchValues.Create(" \t\r\n.,'\"!?-:;()/");
    private static readonly SearchValues<char> MorseSigns = SearchValues.Create(" .-/|_\n");

    /// <summary>
    /// For decoders whose input is itself improbable (base64, hex): printable, mostly letters, digits and everyday
    /// signs, and no mixture of scripts inside words. Text that is encoded once more passes.
    /// </summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        var census = Census.Of(text);
        if (census.Unprintable * 32 > text.Length || census.ScriptChanges * 5 > census.Letters)
        {
            return false;
        }

        var expected = text.Length - census.OtherSigns - census.Unprintable;
        var isWritten = text.Length < Short ? expected * 100 >= text.Length * 85 : expected * 100 >= text.Length * 60;
        return isWritten && ((census.Letters + census.Digits) * 5 >= text.Length * 2 || text.IndexOfAnyExcept(MorseSigns) < 0);
    }

    /// <summary>
    /// For decoders that read something common, such as a list of numbers: it must also look like words, with vowels,
    /// orderly capitals and hardly a sign that prose has not.
    /// </summary>
    public static bool IsProse(ReadOnlySpan<char> text)
    {
        var census = Census.Of(text);
        var lettersAndSpaces = census.Letters + census.Spaces;
        if (census.Unprintable > 0 || lettersAndSpaces * 100 < text.Length * 75 || census.OtherSigns * 10 > text.Length
            || census.ScriptChanges * 5 > census.Letters || census.OddCapitals * 6 > census.Letters)
        {
            return false;
        }

        var isShortShout = census.Spaces == 0 && text.Length < 8 && census.AsciiCapitals == census.Letters;
        return !isShortShout && (census.AsciiLetters * 2 < census.Letters
            || (census.AsciiVowels * 6 >= census.AsciiLetters && census.AsciiVowels * 3 <= census.AsciiLetters * 2));
    }

    private ref struct Census
    {
        public int Letters;
        public int Digits;
        public int Spaces;
        public int OtherSigns;
        public int Unprintable;
        public int ScriptChanges;
        public int AsciiLetters;
        public int AsciiVowels;
        public int AsciiCapitals;
        public int OddCapitals;

        public static Census Of(ReadOnlySpan<char> text)
        {
            var census = default(Census);
            var (lastScript, wasLower) = (-1, false);
            while (!text.IsEmpty)
            {
                Rune.DecodeFromUtf16(text, out var rune, out var width);
                text = text[width..];
                var script = -1;
                var isLower = false;
                if (rune.IsAscii)
                {
                    var character = (char)rune.Value;
                    isLower = char.IsAsciiLetterLower(character);
                    if (char.IsAsciiLetter(character))
                    {
                        census.CountAscii(character, wasLower);
                        script = 0;
                    }
                    else
                    {
                        census.CountSign(character);
                    }
                }
                else
                {
                    script = census.CountOther(rune);
                }

                census.ScriptChanges += script >= 0 && lastScript >= 0 && script != lastScript ? 1 : 0;
                (lastScript, wasLower) = (script, isLower);
            }

            return census;
        }

        private void CountAscii(char letter, bool wasLower)
        {
            Letters++;
            AsciiLetters++;
            AsciiVowels += (letter | 0x20) is 'a' or 'e' or 'i' or 'o' or 'u' or 'y' ? 1 : 0;
            if (char.IsAsciiLetterUpper(letter))
            {
                AsciiCapitals++;
                OddCapitals += wasLower ? 1 : 0;
            }
        }

        private void CountSign(char sign)
        {
            Digits += char.IsAsciiDigit(sign) ? 1 : 0;
            Spaces += sign is ' ' or '\n' or '\t' or '\r' ? 1 : 0;
            if (sign < ' ' && sign is not ('\t' or '\n' or '\r'))
            {
                Unprintable++;
            }
            else if (!char.IsAsciiDigit(sign) && !EverydaySigns.Contains(sign))
            {
                OtherSigns++;
            }
        }

        private int CountOther(Rune rune)
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter:
                    Letters += rune.Utf16SequenceLength;
                    return ScriptOf(rune.Value);
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark:
                    Letters += rune.Utf16SequenceLength;
                    return -1;
                case UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate:
                    Unprintable++;
                    return -1;
                default:
                    Unprintable += rune == Rune.ReplacementChar ? 1 : 0;
                    return -1;
            }
        }

        /// <summary>A rough script number: Latin with its extensions, the East Asian blocks as one, else the block.</summary>
        private static int ScriptOf(int scalar) => scalar switch
        {
            < 0x250 or (>= 0x1E00 and < 0x1F00) => 0,
            < 0x400 or (>= 0x1F00 and < 0x2000) => 1,
            < 0x530 => 2,
            >= 0x2E80 and < 0xFB00 or (>= 0x20000 and < 0x40000) => 3,
            _ => scalar >> 8,
        };
    }
}
