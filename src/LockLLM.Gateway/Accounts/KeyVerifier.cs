using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace LockLLM.Gateway.Accounts;

/// <summary>HMAC-SHA-256 of an API key: all that is kept of it. Compares in constant time.</summary>
[InlineArray(Size)]
internal struct KeyVerifier : IEquatable<KeyVerifier>
{
    public const int Size = HMACSHA256.HashSizeInBytes;

    /// <summary>Characters of the longest key.</summary>
    public const int MaximumKeyLength = 256;

    private byte _first;

    /// <summary>Takes the same steps for a key of any length, also for none.</summary>
    /// <param name="hmac">HMAC-SHA-256 under the installation's key for this; used by one thread at a time.</param>
    public static KeyVerifier Of(ReadOnlySpan<char> key, IncrementalHash hmac)
    {
        Span<byte> utf8 = stackalloc byte[MaximumKeyLength + 1];
        // A key too long to be one fills the buffer, which no stored key does, so it can match none.
        utf8.Clear();
        Utf8.FromUtf16(key[..Math.Min(key.Length, utf8.Length)], utf8, out _, out var written);
        var verifier = new KeyVerifier();
        hmac.AppendData(utf8[..written]);
        hmac.GetHashAndReset(verifier);
        return verifier;
    }

    public static KeyVerifier Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<KeyVerifier>(bytes);

    public readonly byte[] ToArray() => ((ReadOnlySpan<byte>)this).ToArray();

    public readonly bool Equals(KeyVerifier other) => CryptographicOperations.FixedTimeEquals(this, other);

    public override readonly bool Equals(object? obj) => obj is KeyVerifier other && Equals(other);

    public override readonly int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(this);
}
