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

    public static string New(string kind) => $"{kind}_{RandomNumberGenerator.GetHexString(20, lowercase: true)}";

    /// <summary>Sorts by time.</summary>
    public static string NewRecord(DateTimeOffset now) => $"log_{Guid.CreateVersion7(now):N}";
}
