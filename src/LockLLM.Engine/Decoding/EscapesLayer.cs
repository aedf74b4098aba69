using System.Globalization;
using System.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Backslash escapes of programming languages: <c>\u0041</c>, <c>\u{41}</c>, <c>\U00000041</c>, <c>\x41</c>, and octal
/// <c>\101</c> where several follow each other. <c>\n</c> and the like stay: file paths contain them.
/// </summary>
internal sealed class EscapesLayer : Layer
{
    private const int FewestOctals = 3;

    public override bool MayApply(in TextSignals signals) => signals.Backslashes > 0;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOf('\\');
            if (next < 0)
            {
                return;
            }

            var first = at + next;
            var last = first;
            while (last + 1 < chars.Length && chars[last + 1] == '\\')
            {
                last++; // escapes that were escaped again
            }

            at = Read(chars, first, last, text, buffers);
        }
    }

    /// <summary>Reads the escape whose backslashes stand from <paramref name="first"/> to <paramref name="last"/>.</summary>
    private static int Read(ReadOnlySpan<char> chars, int first, int last, Rewriter text, DecodingBuffers buffers)
    {
        var at = last + 1;
        if (at >= chars.Length)
        {
            return at;
        }

        switch (chars[at])
        {
            case 'u' when at + 1 < chars.Length && chars[at + 1] == '{':
                return ReadBraced(chars, first, at, text);
            case 'u' when HexDigits.Read(chars, at + 1, 4) is >= 0 and var unit:
                text.Put(first, at + 5, (char)unit, EncodingLayers.Escapes);
                return at + 5;
            case 'U' when HexDigits.Read(chars, at + 1, 8) is var scalar && Rune.IsValid(scalar):
                text.Put(first, at + 9, new Rune(scalar), EncodingLayers.Escapes);
                return at + 9;
            case 'x' when HexDigits.Read(chars, at + 1, 2) >= 0:
                return ReadBytes(chars, first, last, isHex: true, text, buffers);
            case >= '0' and <= '3' when OctalAt(chars, last) >= 0:
                return ReadBytes(chars, first, last, isHex: false, text, buffers);
            default:
                return at;
        }
    }

    private static int ReadBraced(ReadOnlySpan<char> chars, int first, int at, Rewriter text)
    {
        var digits = chars.Slice(at + 2, Math.Min(9, chars.Length - at - 2));
        var length = digits.IndexOf('}');
        if (length < 1 || !int.TryParse(digits[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.IsValid(value))
        {
            return at + 1;
        }

        text.Put(first, at + length + 3, new Rune(value), EncodingLayers.Escapes);
        return at + length + 3;
    }

    private static int ReadBytes(ReadOnlySpan<char> chars, int first, int last, bool isHex, Rewriter text, DecodingBuffers buffers)
    {
        var bytes = buffers.Bytes((chars.Length - last) / 4);
        var count = 0;
        for (var at = last; at < chars.Length && chars[at] == '\\'; at += 4)
        {
            var value = isHex && at + 1 < chars.Length && chars[at + 1] == 'x' ? HexDigits.Read(chars, at + 2, 2)
                : isHex ? -1 : OctalAt(chars, at);
            if (value < 0)
            {
                break;
            }

            bytes[count++] = (byte)value;
        }

        if (!isHex && count < FewestOctals)
        {
            return last + 1;
        }

        if (first < last)
        {
            text.Remove(first, last);
        }

        EscapedBytes.Put(text, last, 4, bytes[..count], EncodingLayers.Escapes);
        return last + (count * 4);
    }

    private static int OctalAt(ReadOnlySpan<char> chars, int at) =>
        at + 3 < chars.Length && chars[at + 1] is >= '0' and <= '3' && chars[at + 2] is >= '0' and <= '7' && chars[at + 3] is >= '0' and <= '7'
            ? ((chars[at + 1] - '0') << 6) | ((chars[at + 2] - '0') << 3) | (chars[at + 3] - '0')
            : -1;
}
