using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LockLLM.Gateway.Storage;

/// <summary>Ids of rows: a word that tells what they are, and 80 random bits.</summary>
internal static class Ids
{
    public const string Account = "acc";
    public const string ApiKey = "key";
    public const string ProviderKey = "pk";
    public const string Member = "mem";
    public const string Passkey = "psk";
    public const string Session = "ses";
    public const string RecoveryCode = "rec";
    public const string Invitation = "inv";
    public const string Installation = "ins";

    private const string RecordPrefix = "log_";
    private const int RecordBytes = 16;

    public static string New(string kind) => $"{kind}_{RandomNumberGenerator.GetHexString(20, lowercase: true)}";

    /// <summary>48 bits of time, by which they sort, and 80 of chance. Nobody gains by guessing one, so no secret randomness is spent.</summary>
    public static string NewRecord(DateTimeOffset now) => string.Create(RecordPrefix.Length + (2 * RecordBytes), now.ToUnixTimeMilliseconds(), static (id, time) =>
    {
        Span<byte> bytes = stackalloc byte[RecordBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time << 16);
        Random.Shared.NextBytes(bytes[6..]);
        RecordPrefix.CopyTo(id);
        Convert.TryToHexStringLower(bytes, id[RecordPrefix.Length..], out _);
    });
}
