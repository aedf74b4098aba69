using System.Buffers;

namespace LockLLM.Engine.Decoding;

/// <summary>Character codes in binary digits: groups of seven or eight, in any grouping for the eye or none.</summary>
internal sealed class BinaryLayer : Layer
{
    private const int FewestBits = 24;

    private static readonly SearchValues<char> Bits = SearchValues.Create("01");
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n,;-_/|.");

    public override bool MayApply(in TextSignals signals) => signals.Digits >= FewestBits;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOfAny(Bits);
            if (next < 0)
            {
                return;
            }

            var from = at + next;
            var length = chars[from..].IndexOfAnyExcept(Bits);
            at = length < 0 ? chars.Length : from + length;
            if (at - from < 4 || (from > 0 && char.IsAsciiLetterOrDigit(chars[from - 1])))
            {
                continue;
            }

            var size = at - from;
            var group = ChunkGroup.Collect(chars, from, at, Bits, Separators, hasPrefixes: false, buffers);
            at = group.End;
            if (group.Count > 1 || at >= chars.Length || !char.IsAsciiLetterOrDigit(chars[at]))
            {
                _ = TryRead(group, size, from, text, buffers) || TryRead(group.WithoutShortLast(), size, from, text, buffers);
            }
        }
    }

    private static bool TryRead(ChunkGroup group, int size, int from, Rewriter text, DecodingBuffers buffers) =>
        group.Compact.Length >= FewestBits
        && ((size != 7 && TryReadCodes(group, 8, from, text, buffers)) || TryReadCodes(group, 7, from, text, buffers));

    private static bool TryReadCodes(ChunkGroup group, int width, int from, Rewriter text, DecodingBuffers buffers)
    {
        var digits = group.Compact;
        if (digits.Length % width != 0)
        {
            return false;
        }

        var bytes = buffers.Bytes(digits.Length / width);
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = 0;
            foreach (var digit in digits.Slice(i * width, width))
            {
                value = (value << 1) | (digit - '0');
            }

            bytes[i] = (byte)value;
        }

        return buffers.TryReadText(bytes.Length, out var decoded, out var layers)
            && text.Replace(from, group.End, decoded, EncodingLayers.Binary | layers);
    }
}
