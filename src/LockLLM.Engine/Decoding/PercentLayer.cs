namespace LockLLM.Engine.Decoding;

/// <summary>Percent-encoding (RFC 3986 §2.1), and <c>%u0041</c> as old scripts wrote it.</summary>
internal sealed class PercentLayer : Layer
{
    public override bool MayApply(in TextSignals signals) => signals.Percents > 0;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOf('%');
            if (next < 0)
            {
                return;
            }

            at += next;
            at = ReadUnicode(chars, at, text) ?? ReadBytes(chars, at, text, buffers);
        }
    }

    private static int? ReadUnicode(ReadOnlySpan<char> chars, int at, Rewriter text)
    {
        if (at + 1 >= chars.Length || chars[at + 1] is not ('u' or 'U') || HexDigits.Read(chars, at + 2, 4) is not (>= 0 and var value))
        {
            return null;
        }

        text.Put(at, at + 6, (char)value, EncodingLayers.Percent);
        return at + 6;
    }

    private static int ReadBytes(ReadOnlySpan<char> chars, int from, Rewriter text, DecodingBuffers buffers)
    {
        var bytes = buffers.Bytes((chars.Length - from) / 3);
        var count = 0;
        for (var at = from; at < chars.Length && chars[at] == '%' && HexDigits.Read(chars, at + 1, 2) is >= 0 and var value; at += 3)
        {
            bytes[count++] = (byte)value;
        }

        EscapedBytes.Put(text, from, 3, bytes[..count], EncodingLayers.Percent);
        return count == 0 ? from + 1 : from + (count * 3);
    }
}
