using System.Security.Cryptography;
using System.Text;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Storage;

/// <summary>The installation's one secret. It is never used itself: each purpose gets a key derived from it (HKDF, RFC 5869).</summary>
internal sealed class MasterKey
{
    public const int Bytes = 32;

    private readonly byte[] _key;

    private MasterKey(byte[] key)
    {
        _key = key;
        Id = "mk_" + Convert.ToHexStringLower(Derive("master key id").AsSpan(0, 16));
        WrappingKey = Derive("data key wrapping");
    }

    /// <summary>Tells keys apart without revealing anything about them.</summary>
    public string Id { get; }

    /// <summary>Wraps the data keys of single secrets.</summary>
    public byte[] WrappingKey { get; }

    public static MasterKey Generate() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads base64 text. A key that cannot protect anything is refused with the sentence to show.</summary>
    public static MasterKey Parse(string text, string source)
    {
        var key = new byte[Bytes];
        var buffer = new byte[Math.Max(Bytes, text.Length)];
        if (!Convert.TryFromBase64String(text.Trim(), buffer, out var length))
        {
            throw new StartupRefusal($"{source} is not base64. Give 32 random bytes in base64, for example from: openssl rand -base64 32");
        }

        if (length != Bytes)
        {
            throw new StartupRefusal($"{source} holds {length} bytes, not 32. Give 32 random bytes in base64, for example from: openssl rand -base64 32");
        }

        buffer.AsSpan(0, Bytes).CopyTo(key);
        if (IsWellKnown(key))
        {
            throw new StartupRefusal($"{source} is a sample, not a secret: its bytes follow a pattern. Give 32 random bytes in base64, for example from: openssl rand -base64 32");
        }

        return new MasterKey(key);
    }

    public string ToBase64() => Convert.ToBase64String(_key);

    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Bytes, salt: null, info: Encoding.UTF8.GetBytes("LockLLM " + purpose));

    // Each of these meets a random key less often than once in 10^13.
    private static bool IsWellKnown(ReadOnlySpan<byte> key)
    {
        var evenSteps = true;
        var repeats = true;
        var readable = true;
        for (var i = 0; i < key.Length; i++)
        {
            evenSteps &= i < 2 || (byte)(key[i] - key[i - 1]) == (byte)(key[1] - key[0]);
            repeats &= i < Bytes / 2 || key[i] == key[i - Bytes / 2];
            readable &= key[i] is >= 0x20 and < 0x7F;
        }

        return evenSteps || repeats || readable;
    }
}
