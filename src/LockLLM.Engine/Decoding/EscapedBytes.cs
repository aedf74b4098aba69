using System.Buffers;
using System.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>Bytes written as escapes of one width, one after the other: read as UTF-8, each character in its own place.</summary>
internal static class EscapedBytes
{
    public static void Put(Rewriter text, int from, int width, ReadOnlySpan<byte> bytes, EncodingLayers layer)
    {
        for (var at = from; !bytes.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) != OperationStatus.Done)
            {
                (rune, length) = (new Rune(bytes[0]), 1); // Latin-1, as older software wrote it
            }

            text.Put(at, at + (length * width), rune, layer);
            at += length * width;
            bytes = bytes[length..];
        }
    }
}
