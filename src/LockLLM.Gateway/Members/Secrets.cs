using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LockLLM.Gateway.Members;

/// <summary>Random secrets that people and browsers carry; what is kept of them is a hash.</summary>
internal static class Secrets
{
    private const int TokenBytes = 32;
    private const int CodeBytes = 10;
    private const int GroupLength = 4;

    /// <summary>256 random bits: of a session or an invitation.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>80 random bits in groups that can be typed.</summary>
    public static string NewRecoveryCode() => string.Join('-', Totp.Base32(RandomNumberGenerator.GetBytes(CodeBytes)).Chunk(GroupLength).Select(static group => new string(group)));

    /// <summary>Enough for random secrets, which nobody can guess from it.</summary>
    public static byte[] Hash(string purpose, string secret) => SHA256.HashData(Encoding.UTF8.GetBytes($"LockLLM {purpose}|{secret}"));

    /// <summary>What a page has to send along, to show that it could read an answer. Tells nothing of the session's token.</summary>
    public static string CsrfToken(string sessionToken) => Base64Url.EncodeToString(Hash("csrf", sessionToken));

    public static byte[] HashOfRecoveryCode(string memberId, string code) =>
        Hash("recovery code", memberId + "|" + new string([.. code.Where(char.IsAsciiLetterOrDigit)]).ToUpperInvariant());

    public static bool AreSame(string secret, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(given));
}
