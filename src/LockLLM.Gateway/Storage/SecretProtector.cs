using System.Security.Cryptography;
using System.Text;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// Envelope encryption with AES-256-GCM: each secret has a random data key of its own, wrapped by the master key. Both
/// layers are bound to the secret's place, so that a ciphertext moved to another row, field or owner does not open.
/// </summary>
internal sealed class SecretProtector(MasterKeyRing keys)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public SealedSecret Seal(string secret, SecretPlace place) => Seal(Encoding.UTF8.GetBytes(secret), place);

    public SealedSecret Seal(ReadOnlySpan<byte> secret, SecretPlace place)
    {
        Span<byte> dataKey = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(dataKey);
        var active = keys.Active;
        var sealedSecret = SealedSecret.Join(
            active.Id,
            Encrypt(active.WrappingKey, dataKey, WrapData(place, active.Id)),
            Encrypt(dataKey, secret, ContentData(place)));
        CryptographicOperations.ZeroMemory(dataKey);
        return sealedSecret;
    }

    /// <summary>Null when it was tampered with, belongs elsewhere, or its master key is not at hand.</summary>
    public byte[]? Open(SealedSecret secret, SecretPlace place)
    {
        if (!secret.TrySplit(out var keyId, out var wrapped, out var ciphertext) || keys.Find(keyId) is not { } masterKey)
        {
            return null;
        }

        var dataKey = Decrypt(masterKey.WrappingKey, wrapped, WrapData(place, keyId));
        if (dataKey is null)
        {
            return null;
        }

        var opened = Decrypt(dataKey, ciphertext, ContentData(place));
        CryptographicOperations.ZeroMemory(dataKey);
        return opened;
    }

    public string? OpenText(SealedSecret secret, SecretPlace place) => Open(secret, place) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The same secret under the active master key; null when it cannot be opened. Only the data key is wrapped anew.</summary>
    public SealedSecret? Rewrap(SealedSecret secret, SecretPlace place)
    {
        if (!secret.TrySplit(out var keyId, out var wrapped, out var ciphertext) || keys.Find(keyId) is not { } masterKey
            || Decrypt(masterKey.WrappingKey, wrapped, WrapData(place, keyId)) is not { } dataKey
            || Decrypt(dataKey, ciphertext, ContentData(place)) is not { } content)
        {
            return null;
        }

        var active = keys.Active;
        var rewrapped = SealedSecret.Join(active.Id, Encrypt(active.WrappingKey, dataKey, WrapData(place, active.Id)), ciphertext);
        CryptographicOperations.ZeroMemory(dataKey);
        CryptographicOperations.ZeroMemory(content);
        return rewrapped;
    }

    private static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, byte[] associatedData)
    {
        var sealedBytes = new byte[NonceBytes + content.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceBytes), content, sealedBytes.AsSpan(NonceBytes, content.Length), sealedBytes.AsSpan(^TagBytes..), associatedData);
        return sealedBytes;
    }

    private static byte[]? Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, byte[] associatedData)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var content = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], content, associatedData);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] ContentData(SecretPlace place) => Encoding.UTF8.GetBytes($"LockLLM v1 content|{place}");

    private static byte[] WrapData(SecretPlace place, string keyId) => Encoding.UTF8.GetBytes($"LockLLM v1 data key|{keyId}|{place}");
}
