using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Members;

/// <summary>How people sign in.</summary>
internal sealed class SignInOptions : IValidatableObject
{
    /// <summary>Scheme and host under which browsers reach the gateway; without it, what each request says.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>The same, without a path; null where none is set.</summary>
    public Uri? PublicOrigin() => Uri.TryCreate(PublicAddress, UriKind.Absolute, out var address) && IsOrigin(address) ? new Uri(address.GetLeftPart(UriPartial.Authority)) : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicAddress is not null && PublicOrigin() is null)
        {
            yield return new ValidationResult("Give scheme and host, such as https://lockllm.example.com; http only for localhost.", [nameof(PublicAddress)]);
        }
    }

    private static bool IsOrigin(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) && address is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}
