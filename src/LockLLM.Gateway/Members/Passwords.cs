using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Members;

/// <summary>
/// Passwords, kept as <c>pbkdf2-sha256$rounds$salt$hash</c>. Hashing is slow on purpose, so no more than a few run at once and
/// the others wait: a flood of sign-ins must not take the processor from the requests.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>What OWASP asks of PBKDF2 with SHA-256.</summary>
    public const int Rounds = 600_000;

    public const int MinLength = 12;
    public const int MaxLength = 256;

    private const string Algorithm = "pbkdf2-sha256";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    // Compared with for people who do not exist, so that they take as long.
    private static readonly string s_nobody = Join(Rounds, new byte[SaltBytes], new byte[HashBytes]);

    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Why a password will not be taken, or null.</summary>
    public static Error? Problem(string? password, string email) => password switch
    {
        null or "" => new Error(ErrorCode.MissingField, "Give a password.", "password"),
        { Length: < MinLength or > MaxLength } => new Error(ErrorCode.InvalidInput, $"A password has {MinLength} to {MaxLength} characters.", "password"),
        _ when password.Distinct().Count() < 5 || password.Equals(email, StringComparison.OrdinalIgnoreCase) || IsRow(password) =>
            new Error(ErrorCode.InvalidInput, "This password would be guessed soon. Several words that do not belong together make a good one.", "password"),
        _ => null,
    };

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Join(Rounds, salt, await DeriveAsync(password, salt, Rounds, cancellationToken));
    }

    /// <summary>Takes as long where there is nothing to compare with.</summary>
    public async Task<bool> VerifyAsync(string? stored, string password, CancellationToken cancellationToken)
    {
        var (rounds, salt, hash) = Split(stored ?? s_nobody);
        var isSame = CryptographicOperations.FixedTimeEquals(await DeriveAsync(password, salt, rounds, cancellationToken), hash);
        return isSame && stored is not null;
    }

    public void Dispose() => _turns.Dispose();

    private async Task<byte[]> DeriveAsync(string password, byte[] salt, int rounds, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            // The same password typed on another keyboard may come in another normal form.
            return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(password.Normalize(NormalizationForm.FormKC), salt, rounds, HashAlgorithmName.SHA256, HashBytes), cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    // 123456789012 and abcdefghijkl.
    private static bool IsRow(string password) => password.Skip(1).Zip(password, static (next, character) => (next - character + 10) % 10 == 1 || next - character == 1).All(static follows => follows);

    private static string Join(int rounds, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Algorithm}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");

    private static (int Rounds, byte[] Salt, byte[] Hash) Split(string stored)
    {
        var parts = stored.Split('$');
        return parts.Length == 4 && parts[0] == Algorithm
            ? (int.Parse(parts[1], CultureInfo.InvariantCulture), Convert.FromBase64String(parts[2]), Convert.FromBase64String(parts[3]))
            : throw new InvalidOperationException("A stored password is of an unknown form.");
    }
}
