using System.Buffers;
using System.Text;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>Messages in characters that nothing shows: tag characters, and bytes carried by variation selectors.</summary>
internal static class HiddenText
{
    private const int Tags = 0xE0000;
    private const int CancelTag = 0xE007F;
    private const int BlackFlag = 0x1F3F4;
    private const int SubdivisionLength = 5;
    private const int FewestHiddenBytes = 4;
    private const int FewestMessageTags = 12;

    public static bool IsTag(int scalar) => scalar is >= Tags and <= CancelTag;

    public static bool IsVariationSelector(int scalar) => scalar is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    public static int ReadTags(MappedText source, int from, ref ComposingWriter writer)
    {
        var chars = source.Chars;
        var to = from;
        while (to < chars.Length && IsTag(ScalarAt(chars, to)))
        {
            to += 2;
        }

        if (IsSubdivisionFlag(chars, from, to))
        {
            return to;
        }

        // A message of its own is no part of the words beside it; single letters hidden inside a word are.
        var isMessage = to - from >= 2 * FewestMessageTags;
        if (isMessage)
        {
            Separate(source, from, 2, ref writer);
        }

        for (var at = from; at < to; at += 2)
        {
            if (ScalarAt(chars, at) - Tags is >= ' ' and <= '~' and var ascii)
            {
                Write((char)ascii, source, at, 2, EncodingLayers.UnicodeTags, ref writer);
            }
        }

        if (isMessage)
        {
            Separate(source, to - 2, 2, ref writer);
        }

        return to;
    }

    /// <summary>Fewer than four selectors, or bytes that are no text, are dropped like any other invisible character.</summary>
    public static int ReadVariationSelectors(MappedText source, int from, ref ComposingWriter writer)
    {
        var chars = source.Chars;
        var (to, count) = (from, 0);
        while (to < chars.Length && ScalarAt(chars, to) is var scalar && IsVariationSelector(scalar))
        {
            to += scalar > char.MaxValue ? 2 : 1;
            count++;
        }

        if (count < FewestHiddenBytes)
        {
            writer.Hide(mayBeOrthography: true); // ideographs have variation sequences
            return to;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(count);
        var bytes = buffer.AsSpan(0, count);
        for (int at = from, i = 0; i < count; i++)
        {
            var scalar = ScalarAt(chars, at);
            bytes[i] = (byte)(scalar > char.MaxValue ? scalar - 0xE0100 + 16 : scalar - 0xFE00);
            at += scalar > char.MaxValue ? 2 : 1;
        }

        // One byte that is no text must not hide the others.
        if (CountInvalid(bytes) * 16 <= count)
        {
            WriteBytes(source, from, to, bytes, ref writer);
        }
        else
        {
            writer.Hide(mayBeOrthography: false);
        }

        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return to;
    }

    private static int CountInvalid(ReadOnlySpan<byte> bytes)
    {
        var invalid = 0;
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            invalid += status != OperationStatus.Done || rune.Value <= 8 ? 1 : 0;
            bytes = bytes[length..];
        }

        return invalid;
    }

    private static void WriteBytes(MappedText source, int from, int to, ReadOnlySpan<byte> bytes, ref ComposingWriter writer)
    {
        Separate(source, from, 1, ref writer);
        Span<char> units = stackalloc char[2];
        var at = from;
        while (!bytes.IsEmpty)
        {
            Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            bytes = bytes[length..];
            var end = at;
            for (var i = 0; i < length; i++)
            {
                end += char.IsHighSurrogate(source.Chars[end]) ? 2 : 1;
            }

            foreach (var unit in units[..rune.EncodeToUtf16(units)])
            {
                Write(unit, source, at, end - at, EncodingLayers.VariationSelectors, ref writer);
            }

            at = end;
        }

        Separate(source, to - 1, 1, ref writer);
    }

    /// <summary>The three flags that UTS #51 recommends: England, Scotland, Wales. Other letters behind a flag are a message.</summary>
    private static bool IsSubdivisionFlag(ReadOnlySpan<char> chars, int from, int to)
    {
        if (from < 2 || ScalarAt(chars, from - 2) != BlackFlag || to - from != 2 * (SubdivisionLength + 1) || ScalarAt(chars, to - 2) != CancelTag)
        {
            return false;
        }

        Span<char> subdivision = stackalloc char[SubdivisionLength];
        for (var i = 0; i < SubdivisionLength; i++)
        {
            subdivision[i] = (char)(ScalarAt(chars, from + (2 * i)) - Tags);
        }

        return subdivision is "gbeng" or "gbsct" or "gbwls";
    }

    /// <summary>A hidden message is a text of its own: it must not run into the words around it.</summary>
    private static void Separate(MappedText source, int at, int width, ref ComposingWriter writer)
    {
        if (writer.Last != '\0' && !char.IsWhiteSpace(writer.Last))
        {
            Write('\n', source, at, width, EncodingLayers.None, ref writer);
        }
    }

    private static void Write(
        char character, MappedText source, int at, int width, EncodingLayers layers, ref ComposingWriter writer) =>
        writer.Write(character, source.Starts[at], source.Ends[at + width - 1], source.LayersOf(at, at + width) | layers);

    private static int ScalarAt(ReadOnlySpan<char> chars, int at) =>
        Rune.DecodeFromUtf16(chars[at..], out var rune, out _) == OperationStatus.Done ? rune.Value : chars[at];
}
