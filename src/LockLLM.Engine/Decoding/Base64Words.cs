using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Words that were encoded in base64 one by one. Each token alone is too short to tell from an English word, but three in
/// a row that all decode to letters are no chance.
/// </summary>
internal static class Base64Words
{
    private const int FewestWords = 3;
    private const int FewestCharacters = 16;
    private const int LongestWord = 64;

    /// <summary>Reads the words that begin with this token; returns where the last one ends, replaced or not.</summary>
    public static int Read(ReadOnlySpan<char> chars, int from, int to, Rewriter text, DecodingBuffers buffers, out bool areWords)
    {
        areWords = false;
        if (!HasNext(chars, to))
        {
            return to;
        }

        var (at, tokenEnd, end, words, encoded, used) = (from, to, to, 0, 0, 0);
        Span<char> message = stackalloc char[2 * LongestWord];
        var decoded = default(Span<char>);
        while (TryReadWord(chars[at..tokenEnd], message, out var length))
        {
            words++;
            encoded += tokenEnd - at;
            end = tokenEnd;
            if (words == FewestWords)
            {
                decoded = buffers.Text(chars.Length - from);
                used = Restore(chars, from, at, decoded);
            }

            if (words >= FewestWords)
            {
                used += Join(message[..length], decoded[used..]);
            }

            if (!HasNext(chars, end))
            {
                break;
            }

            at = end + 1;
            tokenEnd = Base64Layer.TokenEnd(chars, at);
        }

        areWords = words >= FewestWords && encoded >= FewestCharacters
            && text.Replace(from, end, decoded[..(used - 1)], EncodingLayers.Base64);
        return end;
    }

    private static bool HasNext(ReadOnlySpan<char> chars, int end) =>
        end + 1 < chars.Length && chars[end] is ' ' or '\n' or ',' && Base64Alphabet.Characters.Contains(chars[end + 1]);

    /// <summary>Decodes the first words again, now that there are enough of them.</summary>
    private static int Restore(ReadOnlySpan<char> chars, int from, int until, Span<char> decoded)
    {
        Span<char> message = stackalloc char[2 * LongestWord];
        var used = 0;
        for (var at = from; at < until;)
        {
            var end = Base64Layer.TokenEnd(chars, at);
            TryReadWord(chars[at..end], message, out var length);
            used += Join(message[..length], decoded[used..]);
            at = end + 1;
        }

        return used;
    }

    private static int Join(ReadOnlySpan<char> word, Span<char> decoded)
    {
        word.CopyTo(decoded);
        decoded[word.Length] = ' ';
        return word.Length + 1;
    }

    private static bool TryReadWord(ReadOnlySpan<char> token, Span<char> word, out int length)
    {
        length = 0;
        if (token.Length is < 2 or > LongestWord || Base64Alphabet.LooksLikeWord(token) || token.TrimEnd('=').Length % 4 == 1)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[LongestWord];
        var count = Base64Alphabet.Decode(token, bytes);
        if (count < 1 || (bytes[0] < 0x80 && !IsWordSign(bytes[0])) || !Utf8.IsValid(bytes[..count]))
        {
            return false;
        }

        length = Encoding.UTF8.GetChars(bytes[..count], word);
        var letters = 0;
        foreach (var character in word[..length])
        {
            letters += char.IsLetter(character) || IsMark(character) ? 1 : 0;
            if (character < 0x80 ? !IsWordSign(character) : char.IsControl(character))
            {
                return false;
            }
        }

        return letters * 2 >= length;
    }

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsWordSign(int sign) => char.IsAsciiLetterOrDigit((char)sign) || sign is '.' or ',' or '!' or '?' or '\'' or '-' or ':' or '"';
}
