using System.Buffers;
using System.Text.Unicode;

namespace LockLLM.Engine.Decoding;

/// <summary>
/// Base64, standard or URL-safe, padded or not: one token, pieces of equal length over lines or spaces, or words that
/// were encoded one by one. Tokens that make no text are tried from their end and with their letters rotated; long
/// random ones, and the signatures of JSON web tokens, become unreadable matter.
/// </summary>
internal sealed class Base64Layer : Layer
{
    private const int Fewest = 16;
    private const int FewestUnreadable = 64;
    private const int FewestOfSignature = 20;
    private const int ShortestPiece = 4;
    private const int ShortestLine = 60;

    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n");
    private static readonly SearchValues<char> Joints = SearchValues.Create("/-_+");

    public override bool MayApply(in TextSignals signals) => signals.LongestToken >= Fewest || signals.InnerCapitals > 1;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        var (signatureAt, groupedUntil, wordsUntil) = (-1, 0, 0);
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOfAny(Base64Alphabet.Characters);
            if (next < 0)
            {
                return;
            }

            var from = at + next;
            var to = TokenEnd(chars, from);
            at = to;
            if (from >= wordsUntil)
            {
                wordsUntil = Base64Words.Read(chars, from, to, text, buffers, out var areWords);
                if (areWords)
                {
                    at = wordsUntil;
                    continue;
                }
            }

            if (from >= groupedUntil && to - from >= ShortestPiece)
            {
                groupedUntil = ReadPieces(chars, from, to, text, buffers, out var isRead);
                at = isRead ? groupedUntil : to;
                if (isRead)
                {
                    continue;
                }
            }

            if (to - from >= Fewest)
            {
                var isSignature = from == signatureAt && to - from >= FewestOfSignature;
                if (ReadToken(chars, from, to, isSignature, text, buffers) && to < chars.Length && chars[to] == '.')
                {
                    signatureAt = to + 1;
                }
            }
        }
    }

    /// <summary>The end of a token with its padding.</summary>
    public static int TokenEnd(ReadOnlySpan<char> chars, int from)
    {
        var length = chars[from..].IndexOfAnyExcept(Base64Alphabet.Characters);
        var to = length < 0 ? chars.Length : from + length;
        for (var padding = 0; padding < 2 && to < chars.Length && chars[to] == '='; padding++)
        {
            to++;
        }

        return to;
    }

    /// <summary>Reads the pieces that begin here as one text; returns where they end, read or not.</summary>
    private static int ReadPieces(ReadOnlySpan<char> chars, int from, int to, Rewriter text, DecodingBuffers buffers, out bool isRead)
    {
        var whole = ChunkGroup.Collect(chars, from, to, Base64Alphabet.Padded, Separators, hasPrefixes: false, buffers);
        isRead = false;
        if (whole.Count == 1)
        {
            return whole.End;
        }

        var isLine = to - from >= ShortestLine && to < chars.Length && chars[to] is '\r' or '\n';
        var full = whole.WithoutShortLast();
        // A last line may look like a word by chance; a word as the last line hardly ever makes valid UTF-8.
        var isNoPiece = whole.Last.Length == 1
            || (Base64Alphabet.LooksLikeWord(whole.Last) && !(isLine && IsUtf8(whole.Compact, buffers)));
        var group = isNoPiece ? full : whole;
        if (group.Compact.Length < Fewest || group.Count < (isLine ? 2 : 3))
        {
            return group.End;
        }

        // Last comes a line like a word that is needed after all, in UTF-16 for example.
        if (TryRead(group.Compact, from, group.End, EncodingLayers.Base64, text, buffers)
            || (isLine && whole.End > group.End && TryRead(whole.Compact, from, whole.End, EncodingLayers.Base64, text, buffers)))
        {
            isRead = true;
            return text.Done;
        }

        if (full.Count > 1 && group.HasShortLast && TryRead(full.Compact, from, full.End, EncodingLayers.Base64, text, buffers))
        {
            isRead = true;
            return full.End;
        }

        if (full.Count > 1 && isLine && Base64Alphabet.IsRandom(full.Compact) && !Base64Alphabet.LooksWritten(full.Compact))
        {
            var end = group.Last is [.., '='] || Base64Alphabet.IsRandom(group.Last) ? group.End : full.End;
            isRead = text.Replace(from, end, [Decoder.Unreadable], EncodingLayers.None);
            return end;
        }

        return group.End;
    }

    private static bool ReadToken(ReadOnlySpan<char> chars, int from, int to, bool isSignature, Rewriter text, DecodingBuffers buffers)
    {
        var token = chars[from..to];
        if (TryRead(token, from, to, EncodingLayers.Base64, text, buffers))
        {
            return true;
        }

        if (TryReadTransformed(chars, from, to, text, buffers))
        {
            return true;
        }

        if (token.Length >= (isSignature ? FewestOfSignature : FewestUnreadable) && Base64Alphabet.IsRandom(token) && !Base64Alphabet.LooksWritten(token))
        {
            text.Replace(from, to, [Decoder.Unreadable], EncodingLayers.None);
            return false;
        }

        ReadParts(chars, from, to, text, buffers);
        return false;
    }

    /// <summary>A token glued to others by signs of the alphabet, as in a path or an identifier.</summary>
    private static void ReadParts(ReadOnlySpan<char> chars, int from, int to, Rewriter text, DecodingBuffers buffers)
    {
        if (chars[from..to].IndexOfAny(Joints) < 0)
        {
            return;
        }

        while (from < to)
        {
            var length = chars[from..to].IndexOfAny(Joints);
            var end = length < 0 ? to : from + length;
            if (end - from >= Fewest)
            {
                TryRead(chars[from..end], from, end, EncodingLayers.Base64, text, buffers);
            }

            from = end + 1;
        }
    }

    private static bool TryReadTransformed(ReadOnlySpan<char> chars, int from, int to, Rewriter text, DecodingBuffers buffers)
    {
        for (var padding = 0; padding < 2 && from > text.Done && chars[from - 1] == '='; padding++)
        {
            from--; // reversed, the padding stands first
        }

        var token = chars[from..to];
        if (!token.ContainsAnyInRange('A', 'Z') || !token.ContainsAnyInRange('a', 'z'))
        {
            return false;
        }

        var copy = buffers.Token(token.Length);
        token.CopyTo(copy);
        copy.Reverse();
        if (TryRead(copy.TrimStart('='), from, to, EncodingLayers.Base64 | EncodingLayers.Reversed, text, buffers))
        {
            return true;
        }

        copy = buffers.Token(token.Length);
        for (var i = 0; i < token.Length; i++)
        {
            copy[i] = Rotate(token[i]);
        }

        return TryRead(copy.TrimStart('='), from, to, EncodingLayers.Base64 | EncodingLayers.Rot13, text, buffers);
    }

    private static char Rotate(char character) => char.IsAsciiLetter(character)
        ? (char)((((character | 0x20) - 'a' + 13) % 26) + (char.IsAsciiLetterUpper(character) ? 'A' : 'a'))
        : character;

    private static bool IsUtf8(ReadOnlySpan<char> token, DecodingBuffers buffers)
    {
        var bytes = buffers.Bytes((token.Length * 3 / 4) + 3);
        var count = Base64Alphabet.Decode(token, bytes);
        return count > 0 && Utf8.IsValid(bytes[..count]);
    }

    private static bool TryRead(ReadOnlySpan<char> token, int from, int to, EncodingLayers layers, Rewriter text, DecodingBuffers buffers)
    {
        var count = Base64Alphabet.Decode(token, buffers.Bytes((token.Length * 3 / 4) + 3));
        return count > 0 && buffers.TryReadText(count, out var decoded, out var more) && text.Replace(from, to, decoded, layers | more);
    }
}
