using System.Buffers;

namespace LockLLM.Engine.Decoding;

/// <summary>Characters of base64, standard and URL-safe (RFC 4648 §§4-5), and the step from them to bytes.</summary>
internal static class Base64Alphabet
{
    public static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");

    public static readonly SearchValues<char> Padded =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");

    private static readonly sbyte[] Values = BuildValues();

    /// <summary>Decodes a token with or without padding; a last character that holds no whole byte is left over. Answers -1 for foreign characters.</summary>
    public static int Decode(ReadOnlySpan<char> token, Span<byte> bytes)
    {
        token = token.TrimEnd('=');
        var (bits, held, count) = (0, 0, 0);
        foreach (var character in token)
        {
            var value = character < 128 ? Values[character] : -1;
            if (value < 0)
            {
                return -1;
            }

            bits = ((bits << 6) | value) & 0x3FFF;
            held += 6;
            if (held >= 8)
            {
                held -= 8;
                bytes[count++] = (byte)(bits >> held);
            }
        }

        return count;
    }

    /// <summary>
    /// Whether a token mixes capitals, small letters and digits the way random bytes do: identifiers, paths and words
    /// change from one to the other less often.
    /// </summary>
    public static bool IsRandom(ReadOnlySpan<char> token)
    {
        int upper = 0, lower = 0, digits = 0, changes = 0, last = -1;
        foreach (var character in token)
        {
            if (character is '/' or '-' or '_' or '=')
            {
                continue; // they also join the parts of paths and identifiers
            }

            var kind = char.IsAsciiLetterUpper(character) ? 0 : char.IsAsciiLetterLower(character) ? 1 : 2;
            upper += kind == 0 ? 1 : 0;
            lower += kind == 1 ? 1 : 0;
            digits += kind == 2 ? 1 : 0;
            changes += last >= 0 && kind != last ? 1 : 0;
            last = kind;
        }

        return upper * 6 >= token.Length && lower * 8 >= token.Length && digits * 25 >= token.Length && changes * 10 >= token.Length * 3;
    }

    /// <summary>
    /// Whether letters may be words in mixed case, or with digits for vowels: they have more vowels than the fifth that
    /// chance gives, or more signs that part words than one in 32. A is no vowel here: it stands for zero bits.
    /// </summary>
    public static bool LooksWritten(ReadOnlySpan<char> token)
    {
        int vowels = 0, letters = 0, joints = 0;
        foreach (var character in token)
        {
            joints += character is '-' or '_' or '/' or '+' ? 1 : 0;
            letters += char.IsAsciiLetter(character) ? 1 : 0;
            if ((character | 0x20) is 'e' or 'i' or 'o' or 'u' || character is '0' or '1' or '3')
            {
                vowels++;
                letters += char.IsAsciiDigit(character) ? 1 : 0;
            }
        }

        return vowels * 100 >= letters * 27 || joints * 10 >= token.Length;
    }

    /// <summary>One capital at most, at the beginning, then small letters: prose, whatever it decodes to.</summary>
    public static bool LooksLikeWord(ReadOnlySpan<char> token) =>
        !token.IsEmpty && char.IsAsciiLetter(token[0]) && !token[1..].ContainsAnyExceptInRange('a', 'z');

    private static sbyte[] BuildValues()
    {
        var values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < 26; i++)
        {
            values['A' + i] = (sbyte)i;
            values['a' + i] = (sbyte)(26 + i);
        }

        for (var i = 0; i < 10; i++)
        {
            values['0' + i] = (sbyte)(52 + i);
        }

        (values['+'], values['-'], values['/'], values['_']) = (62, 62, 63, 63);
        return values;
    }
}
