using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LockLLM.Engine;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>
/// Names texts by HMAC-SHA-256 under keys that live as long as the process: nobody can find a text by its name, nor make
/// one that has the name of another.
/// </summary>
internal sealed class PartKeys
{
    // Odd, so that no turn is lost in the product: 2^128 divided by the golden ratio.
    private static readonly UInt128 s_step = new(0x9E3779B97F4A7C15, 0xF39CC0605CEDC835);

    // The same words are another matter from a tool than from the user.
    private readonly byte[][] _keys = [.. Enum.GetValues<Trust>().Select(static _ => RandomNumberGenerator.GetBytes(32))];

    public UInt128 Of(Trust trust, ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_keys[(int)trust], MemoryMarshal.AsBytes(text), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Names a sequence by the names of its members.</summary>
    public static UInt128 Then(UInt128 sequence, UInt128 next) => ((sequence ^ next) * s_step) + next;
}
