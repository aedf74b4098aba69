using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Members;

/// <summary>E-mail addresses as names to sign in with; nothing is sent to them.</summary>
internal static class EmailAddress
{
    private const int MaxLength = 254;

    public static readonly Error Invalid = new(ErrorCode.InvalidInput, "Give an e-mail address.", "email");

    /// <summary>The form that is compared; null where it is no address.</summary>
    public static string? Normalize(string? text)
    {
        var plain = text?.Trim() ?? "";
        var at = plain.IndexOf('@', StringComparison.Ordinal);
        return plain.Length <= MaxLength && at > 0 && at == plain.LastIndexOf('@') && at < plain.Length - 1 && !plain.Any(static character => char.IsControl(character) || char.IsWhiteSpace(character))
            ? plain.Normalize(NormalizationForm.FormKC).ToLowerInvariant()
            : null;
    }
}
