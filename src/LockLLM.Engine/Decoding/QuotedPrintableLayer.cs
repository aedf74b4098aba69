using System.Text.Unicode;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Quoted-printable (RFC 2045 §6.7). Queries and source code write <c>=10</c> too, so escapes count only in runs, as
/// UTF-8 sequences, or in a text that also has soft line breaks.
/// </summary>
internal sealed class QuotedPrintableLayer : Layer
{
    private const int FewestInRun = 3;

    public override bool MayApply(in TextSignals signals) => signals.EqualsSigns > 1;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        var isMail = IsMail(chars);
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOf('=');
            if (next < 0)
            {
                return;
            }

            at += next;
            var softBreak = isMail ? SoftBreakAt(chars, at) : 0;
            if (softBreak > 0)
            {
                text.Remove(at, at + softBreak);
                at += softBreak;
            }
            else
            {
                at = ReadRun(chars, at, isMail, text, buffers);
            }
        }
    }

    private static int ReadRun(ReadOnlySpan<char> chars, int from, bool isMail, Rewriter text, DecodingBuffers buffers)
    {
        var bytes = buffers.Bytes((chars.Length - from) / 3);
        var (count, at) = (0, from);
        for (; ByteAt(chars, at) is >= 0 and var value; at += 3)
        {
            bytes[count++] = (byte)value;
        }

        bytes = bytes[..count];
        var isUtf8 = Utf8.IsValid(bytes);
        var isEvident = isMail || (isUtf8 && (count >= FewestInRun || (count > 1 && bytes[0] >= 0x80)));
        if (count == 0 || !isEvident)
        {
            return Math.Max(from + 1, at);
        }

        EscapedBytes.Put(text, from, 3, bytes, EncodingLayers.QuotedPrintable);
        return at;
    }

    private static bool IsMail(ReadOnlySpan<char> chars)
    {
        var (softBreaks, escapes) = (0, 0);
        for (var at = 0; at < chars.Length; at++)
        {
            var next = chars[at..].IndexOf('=');
            if (next < 0)
            {
                break;
            }

            at += next;
            softBreaks += SoftBreakAt(chars, at) > 0 ? 1 : 0;
            escapes += ByteAt(chars, at) >= 0 ? 1 : 0;
        }

        return softBreaks > 0 && escapes > 0;
    }

    /// <summary>The length of a soft line break at a position, or 0.</summary>
    private static int SoftBreakAt(ReadOnlySpan<char> chars, int at) => chars[at..] switch
    {
        ['=', '\r', '\n', ..] => 3,
        ['=', '\n', ..] => 2,
        _ => 0,
    };

    private static int ByteAt(ReadOnlySpan<char> chars, int at) =>
        at + 2 < chars.Length && chars[at] == '=' && !char.IsAsciiLetterLower(chars[at + 1]) && !char.IsAsciiLetterLower(chars[at + 2])
            ? HexDigits.Read(chars, at + 1, 2)
            : -1;
}
