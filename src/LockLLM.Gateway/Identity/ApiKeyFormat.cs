using System.Security.Cryptography;
using LockLLM.Gateway.Accounts;

namespace LockLLM.Gateway.Identity;

/// <summary>
/// <c>llm_</c>, 43 random base-62 characters (256 bits), and 6 more that are the CRC-32 of all before them in base 62:
/// a secret scanner, or a person who mistyped, can tell a real key from a lookalike without asking anyone.
/// </summary>
internal static class ApiKeyFormat
{
    public const string Prefix = "llm_";
    public const int RandomLength = 43;
    public const int ChecksumLength = 6;
    public const int MinimumLength = 36;
    public const int MaximumLength = KeyVerifier.MaximumKeyLength;
    public const int Length = 4 + RandomLength + ChecksumLength;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Generate()
    {
        var body = Prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return body + Checksum(body);
    }

    public static bool HasValidChecksum(string key) =>
        key.Length == Length && key.EndsWith(Checksum(key[..^ChecksumLength]), StringComparison.Ordinal);

    /// <summary>Why a key chosen by the operator cannot be used, or null. It must survive a header and be too long to guess.</summary>
    public static string? Problem(string key) => key switch
    {
        _ when !key.StartsWith(Prefix, StringComparison.Ordinal) => $"must start with {Prefix}",
        { Length: < MinimumLength or > MaximumLength } => $"must have {MinimumLength} to {MaximumLength} characters",
        _ when key.AsSpan().ContainsAnyExceptInRange('!', '~') => "may hold visible ASCII characters only",
        _ => null,
    };

    private static string Checksum(string body)
    {
        return string.Create(ChecksumLength, Crc32(body), static (span, rest) =>
        {
            for (var i = span.Length - 1; i >= 0; i--)
            {
                span[i] = Alphabet[(int)(rest % 62)];
                rest /= 62;
            }
        });
    }

    private static uint Crc32(string ascii)
    {
        var crc = uint.MaxValue;
        foreach (var character in ascii)
        {
            crc ^= character;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
