using System.Buffers;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Pieces of one encoded text, all of the same length but the last, with separators between them: what line breaks,
/// or grouping for the eye, make of base64, hexadecimal or binary digits.
/// </summary>
internal readonly ref struct ChunkGroup
{
    private const int WidestSeparator = 8;

    private ChunkGroup(ReadOnlySpan<char> compact, int end, int count, int fullEnd, int lastLength)
    {
        Compact = compact;
        End = end;
        Count = count;
        FullEnd = fullEnd;
        LastLength = lastLength;
    }

    /// <summary>The pieces without what stood between them.</summary>
    public ReadOnlySpan<char> Compact { get; }

    /// <summary>The position after the last piece.</summary>
    public int End { get; }

    public int Count { get; }

    /// <summary>The last piece is shorter: it may as well be the word that follows the encoded text.</summary>
    public bool HasShortLast => End > FullEnd;

    public ReadOnlySpan<char> Last => Compact[^LastLength..];

    private int FullEnd { get; }

    private int LastLength { get; }

    public ChunkGroup WithoutShortLast() => HasShortLast
        ? new ChunkGroup(Compact[..^LastLength], FullEnd, Count - 1, FullEnd, LastLength)
        : this;

    /// <param name="chars">The text.</param>
    /// <param name="from">Where the first piece begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="alphabet">What pieces consist of.</param>
    /// <param name="separators">What may stand between them, up to one line break among it.</param>
    /// <param name="hasPrefixes">Whether each piece may begin with 0x or \x.</param>
    /// <param name="buffers">Memory for the compact form.</param>
    public static ChunkGroup Collect(
        ReadOnlySpan<char> chars, int from, int to, SearchValues<char> alphabet, SearchValues<char> separators, bool hasPrefixes,
        DecodingBuffers buffers)
    {
        var length = to - from;
        var (end, fullEnd, count, lastLength) = (to, to, 1, length);
        while (chars[end - 1] != '=' && NextPiece(chars, end, alphabet, separators, hasPrefixes, out var next, out var nextEnd)
            && nextEnd - next <= length)
        {
            count++;
            (end, lastLength) = (nextEnd, nextEnd - next);
            if (lastLength < length)
            {
                break;
            }

            fullEnd = end;
        }

        if (count == 1)
        {
            return new ChunkGroup(chars[from..to], to, 1, to, length);
        }

        // Second walk, now that the size is known.
        var compact = buffers.Token(end - from);
        var used = 0;
        for (int at = from, pieceEnd = to; ;)
        {
            chars[at..pieceEnd].CopyTo(compact[used..]);
            used += pieceEnd - at;
            if (pieceEnd >= end || !NextPiece(chars, pieceEnd, alphabet, separators, hasPrefixes, out at, out pieceEnd))
            {
                return new ChunkGroup(compact[..used], end, count, fullEnd, lastLength);
            }
        }
    }

    private static bool NextPiece(
        ReadOnlySpan<char> chars, int at, SearchValues<char> alphabet, SearchValues<char> separators, bool hasPrefixes,
        out int from, out int to)
    {
        from = at;
        var lines = 0;
        while (from < chars.Length && from - at < WidestSeparator && separators.Contains(chars[from]))
        {
            lines += chars[from++] == '\n' ? 1 : 0;
        }

        if (hasPrefixes && from + 2 < chars.Length && chars[from] is '0' or '\\' && chars[from + 1] is 'x' or 'X')
        {
            from += 2;
        }

        to = from;
        if (from == at || from >= chars.Length || lines > 1)
        {
            return false;
        }

        var length = chars[from..].IndexOfAnyExcept(alphabet);
        to = length < 0 ? chars.Length : from + length;
        return to > from && (to == chars.Length || !char.IsLetterOrDigit(chars[to]));
    }
}
