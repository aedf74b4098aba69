using System.Buffers;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Hexadecimal digits of UTF-8 text: packed, or in groups of equal length with separators or 0x before each. A packed
/// token is also tried from its end. Long runs that are no text become unreadable matter.
/// </summary>
internal sealed class HexLayer : Layer
{
    private const int FewestPacked = 16;
    private const int FewestGrouped = 12;
    private const int FewestUnreadable = 64;
    private const int DigitsThatNeedWords = 48;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n,;:-_|.");

    public override bool MayApply(in TextSignals signals) => signals.Digits >= 6;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        var groupedUntil = 0;
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOfAny(Digits);
            if (next < 0)
            {
                return;
            }

            var from = at + next;
            var length = chars[from..].IndexOfAnyExcept(Digits);
            at = length < 0 ? chars.Length : from + length;
            if (at == from + 1 && at + 2 < chars.Length && chars[from] == '0' && chars[at] is 'x' or 'X')
            {
                at++; // 0x: the digits come next
                continue;
            }

            var hasPrefix = from >= 2 && chars[from - 1] is 'x' or 'X' && chars[from - 2] is '0' or '\\';
            if ((at - from) % 2 == 0 && (hasPrefix || from == 0 || !char.IsAsciiLetterOrDigit(chars[from - 1])))
            {
                at = Read(chars, from, at, hasPrefix ? 2 : 0, ref groupedUntil, text, buffers);
            }
        }
    }

    private static int Read(
        ReadOnlySpan<char> chars, int from, int to, int prefix, ref int groupedUntil, Rewriter text, DecodingBuffers buffers)
    {
        var start = Math.Max(from - prefix, text.Done);
        var isPacked = to - from >= FewestPacked && !ContinuesWord(chars, to);
        if (isPacked && TryRead(chars[from..to], start, to, text, buffers))
        {
            return to;
        }

        if (from >= groupedUntil)
        {
            var group = ChunkGroup.Collect(chars, from, to, Digits, Separators, hasPrefixes: true, buffers);
            groupedUntil = group.End;
            if (TryRead(group, start, text, buffers))
            {
                return group.End;
            }

            if (group.HasShortLast && TryRead(group.WithoutShortLast(), start, text, buffers))
            {
                return group.WithoutShortLast().End;
            }
        }

        if (isPacked && to - from >= FewestUnreadable && IsRandom(chars[from..to]))
        {
            text.Replace(start, to, [Decoder.Unreadable], EncodingLayers.None);
        }

        return to;
    }

    private static bool TryRead(ChunkGroup group, int start, Rewriter text, DecodingBuffers buffers) =>
        group.Count > 1 && group.Compact.Length >= FewestGrouped && group.Compact.Length % 2 == 0
        && TryRead(group.Compact, start, group.End, text, buffers);

    private static bool TryRead(ReadOnlySpan<char> digits, int from, int to, Rewriter text, DecodingBuffers buffers)
    {
        var bytes = buffers.Bytes(digits.Length / 2);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((HexDigits.ValueOf(digits[2 * i]) << 4) | HexDigits.ValueOf(digits[(2 * i) + 1]));
        }

        if (TryReadText(digits.Length, buffers, out var decoded, out var layers))
        {
            return text.Replace(from, to, decoded, EncodingLayers.Hex | layers);
        }

        bytes = buffers.Bytes(digits.Length / 2);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((HexDigits.ValueOf(digits[^((2 * i) + 1)]) << 4) | HexDigits.ValueOf(digits[^((2 * i) + 2)]));
        }

        return TryReadText(digits.Length, buffers, out decoded, out layers)
            && text.Replace(from, to, decoded, EncodingLayers.Hex | EncodingLayers.Reversed | layers);
    }

    /// <summary>Card and order numbers are short and decode to stray signs: up to a line of digits must make words.</summary>
    private static bool TryReadText(int digits, DecodingBuffers buffers, out ReadOnlySpan<char> text, out EncodingLayers layers) =>
        buffers.TryReadText(digits / 2, out text, out layers) && (digits > DigitsThatNeedWords || Plausibility.IsProse(text));

    private static bool ContinuesWord(ReadOnlySpan<char> chars, int to) => to < chars.Length && char.IsAsciiLetterOrDigit(chars[to]);

    private static bool IsRandom(ReadOnlySpan<char> digits)
    {
        var decimals = 0;
        foreach (var digit in digits)
        {
            decimals += char.IsAsciiDigit(digit) ? 1 : 0;
        }

        return decimals * 10 is var tenths && tenths >= digits.Length * 3 && tenths <= digits.Length * 9;
    }
}
