using System.Buffers;

namespace LockLLM.Engine.Decoding;

/// <summary>Base32 (RFC 4648 §6) in capitals or in small letters, in one piece or broken into pieces of equal length.</summary>
internal sealed class Base32Layer : Layer
{
    private const int Fewest = 16;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567");
    private static readonly SearchValues<char> Padded = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567=");
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n");

    public override bool MayApply(in TextSignals signals) => signals.LongestToken >= Fewest;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            // A run of so many characters covers one position in as many: the others need no look.
            if (at + Fewest > chars.Length)
            {
                return;
            }

            if (!Alphabet.Contains(chars[at + Fewest - 1]) && chars[at + Fewest - 1] != '=')
            {
                at += Fewest;
                continue;
            }

            var next = chars[at..].IndexOfAny(Alphabet);
            if (next < 0)
            {
                return;
            }

            var from = at + next;
            var length = chars[from..].IndexOfAnyExcept(Padded);
            at = length < 0 ? chars.Length : from + length;
            if (at - from < Fewest || (from > 0 && char.IsLetterOrDigit(chars[from - 1])))
            {
                continue;
            }

            var group = ChunkGroup.Collect(chars, from, at, Padded, Separators, hasPrefixes: false, buffers);
            var full = group.WithoutShortLast();
            if (group.Count > 1 && TryRead(group.Compact, from, group.End, text, buffers))
            {
                at = group.End;
            }
            else if (full.Count > 1 && TryRead(full.Compact, from, full.End, text, buffers))
            {
                at = full.End;
            }
            else
            {
                TryRead(chars[from..at], from, at, text, buffers);
                at = SkipRest(chars, at, group, text, buffers);
            }
        }
    }

    /// <summary>Pieces that made no text together are read one by one, and never grouped again.</summary>
    private static int SkipRest(ReadOnlySpan<char> chars, int at, ChunkGroup group, Rewriter text, DecodingBuffers buffers)
    {
        while (at < group.End)
        {
            var from = at + Math.Max(0, chars[at..group.End].IndexOfAny(Alphabet));
            var length = chars[from..group.End].IndexOfAnyExcept(Padded);
            at = length < 0 ? group.End : from + Math.Max(1, length);
            if (at - from >= Fewest)
            {
                TryRead(chars[from..at], from, at, text, buffers);
            }
        }

        return at;
    }

    private static bool TryRead(ReadOnlySpan<char> token, int from, int to, Rewriter text, DecodingBuffers buffers)
    {
        token = token.TrimEnd('=');
        if (token.Length < Fewest || (token.Length & 7) is 1 or 3 or 6)
        {
            return false;
        }

        var bytes = buffers.Bytes(token.Length * 5 / 8);
        var (bits, held, count) = (0, 0, 0);
        var caseBit = token[token.IndexOfAnyInRange('A', 'z') is >= 0 and var letter ? letter : 0] & 0x20;
        foreach (var character in token)
        {
            int value;
            if (character is >= '2' and <= '7')
            {
                value = character - '2' + 26;
            }
            else if (char.IsAsciiLetter(character) && (character & 0x20) == caseBit)
            {
                value = (character | 0x20) - 'a';
            }
            else
            {
                return false;
            }

            bits = ((bits << 5) | value) & 0xFFF;
            held += 5;
            if (held >= 8)
            {
                held -= 8;
                bytes[count++] = (byte)(bits >> held);
            }
        }

        return buffers.TryReadText(count, out var decoded, out var layers) && text.Replace(from, to, decoded, EncodingLayers.Base32 | layers);
    }
}
