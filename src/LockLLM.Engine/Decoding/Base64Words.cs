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

        Span<char> message = stackalloc char[2 * LongestWord];
        var (at, tokenEnd, end, words, pieces) = (from, to, to, 0, 0);
        while (TryReadPiece(chars[at..tokenEnd], message, out _, out var isWord))
        {
            pieces++;
            words += isWord ? 1 : 0;
            end = tokenEnd;
            if (!HasNext(chars, end))
            {
                break;
            }

            at = end + 1;
            tokenEnd = Base64Layer.TokenEnd(chars, at);
        }

        if (words >= FewestWords && words * 2 >= pieces && end - from >= FewestCharacters)
        {
            areWords = text.Replace(from, end, Decode(chars, from, end, buffers), EncodingLayers.Base64);
        }

        return end;
    }

    private static bool HasNext(ReadOnlySpan<char> chars, int end) =>
        end + 1 < chars.Length && chars[end] is ' ' or '\n' or ',' && Base64Alphabet.Characters.Contains(chars[end + 1]);

    /// <summary>Decodes the pieces of a run, now that it is known for one.</summary>
    private static ReadOnlySpan<char> Decode(ReadOnlySpan<char> chars, int from, int until, DecodingBuffers buffers)
    {
        var decoded = buffers.Text(until - from + (2 * LongestWord));
        Span<char> message = stackalloc char[2 * LongestWord];
        var used = 0;
        for (var at = from; at < until;)
        {
            var end = Base64Layer.TokenEnd(chars, at);
            TryReadPiece(chars[at..end], message, out var length, out _);
            message[..length].CopyTo(decoded[used..]);
            used += length;
            decoded[used++] = ' ';
            at = end + 1;
        }

        return decoded[..(used - 1)];
    }

    /// <summary>Reads a token as a word, or as signs and figures, which are believed only in the company of words.</summary>
    private static bool TryReadPiece(ReadOnlySpan<char> token, Span<char> piece, out int length, out bool isWord)
    {
        (length, isWord) = (0, false);
        if (token.Length is < 2 or > LongestWord || Base64Alphabet.LooksLikeWord(token) || token.TrimEnd('=').Length % 4 == 1)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[LongestWord];
        var count = Base64Alphabet.Decode(token, bytes);
        if (count < 1 || !Utf8.IsValid(bytes[..count]))
        {
            return false;
        }

        length = Encoding.UTF8.GetChars(bytes[..count], piece);
        var letters = 0;
        isWord = true;
        foreach (var character in piece[..length])
        {
            // A space would be at home in a piece of a longer text.
            if (character == ' ' || (char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
            {
                return false;
            }

            letters += char.IsLetter(character) || IsMark(character) ? 1 : 0;
            isWord &= character >= 0x80 || IsWordSign(character);
        }

        isWord &= letters * 2 >= length;
        return true;
    }

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsWordSign(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '.' or ',' or '!' or '?' or '\'' or '-' or ':' or '"';
}
