using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Lists of character codes in decimal digits, else in octal ones. Most short lists of numbers are something else, so
/// what comes out of those must look like words; in a long list a single number that is no character gives it away.
/// </summary>
internal sealed class CharacterCodesLayer : Layer
{
    private const int FewestCodes = 5;
    private const int LongestCode = 6;
    private const int LongList = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    public override bool MayApply(in TextSignals signals) => signals.Digits >= 2 * FewestCodes;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOfAny(Digits);
            if (next < 0)
            {
                return;
            }

            at = ReadList(chars, at + next, text, buffers);
        }
    }

    private static int ReadList(ReadOnlySpan<char> chars, int from, Rewriter text, DecodingBuffers buffers)
    {
        var (at, end, count) = (from, from, 0);
        while (CodeAt(chars, at) is var length && length is >= 2 and <= LongestCode)
        {
            count++;
            end = at + length;
            at = SkipSeparators(chars, end);
            if (at == end)
            {
                break;
            }
        }

        if (count == 0)
        {
            return from + Math.Max(1, CodeAt(chars, from));
        }

        if (count >= FewestCodes && (from == 0 || !char.IsLetterOrDigit(chars[from - 1])))
        {
            _ = TryRead(chars, from, end, 10, text, buffers) || TryRead(chars, from, end, 8, text, buffers);
        }

        return end;
    }

    private static bool TryRead(ReadOnlySpan<char> chars, int from, int end, int numberBase, Rewriter text, DecodingBuffers buffers)
    {
        var decoded = buffers.Token(end - from);
        var (used, above) = (0, false);
        for (var at = from; at < end;)
        {
            var length = CodeAt(chars, at);
            var value = ValueOf(chars.Slice(at, length), numberBase);
            if (!Rune.TryCreate(value, out var rune) || (value < ' ' && value is not (9 or 10 or 13)) || value == 127)
            {
                return false;
            }

            used += rune.EncodeToUtf16(decoded[used..]);
            above |= value > byte.MaxValue;
            at = SkipSeparators(chars, at + length);
        }

        decoded = decoded[..used];
        return (!above && TryReadUtf8(decoded, from, end, text, buffers))
            || (IsWritten(decoded) && text.Replace(from, end, decoded, EncodingLayers.CharacterCodes));
    }

    /// <summary>Codes up to 255 may be the bytes of UTF-8.</summary>
    private static bool TryReadUtf8(ReadOnlySpan<char> codes, int from, int end, Rewriter text, DecodingBuffers buffers)
    {
        if (!codes.ContainsAnyInRange('\u0080', '\u00FF'))
        {
            return false;
        }

        var bytes = buffers.Bytes(codes.Length);
        for (var i = 0; i < codes.Length; i++)
        {
            bytes[i] = (byte)codes[i];
        }

        return Utf8.IsValid(bytes) && buffers.TryReadText(codes.Length, out var decoded, out _) && IsWritten(decoded)
            && text.Replace(from, end, decoded, EncodingLayers.CharacterCodes);
    }

    private static bool IsWritten(ReadOnlySpan<char> decoded) =>
        Plausibility.IsProse(decoded) || (decoded.Length >= LongList && Plausibility.IsText(decoded));

    private static int ValueOf(ReadOnlySpan<char> digits, int numberBase)
    {
        if (numberBase == 10)
        {
            return int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        var value = 0;
        foreach (var digit in digits)
        {
            if (digit > '7')
            {
                return -1;
            }

            value = (value << 3) | (digit - '0');
        }

        return value;
    }

    private static int CodeAt(ReadOnlySpan<char> chars, int at)
    {
        var length = chars[at..].IndexOfAnyExcept(Digits);
        return length < 0 ? chars.Length - at : length;
    }

    private static int SkipSeparators(ReadOnlySpan<char> chars, int at)
    {
        var end = at;
        while (end < chars.Length && end - at < 4 && chars[end] is ' ' or ',' or ';' or '\t' or '\r' or '\n' or '|' or '/')
        {
            end++;
        }

        return end;
    }
}
