using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>Signing in through an identity provider; off until <see cref="Authority"/> is set.</summary>
internal sealed class OpenIdConnectSettings : IValidatableObject
{
    /// <summary>Address of the identity provider, below which <c>.well-known/openid-configuration</c> lies.</summary>
    public string? Authority { get; set; }

    /// <summary>Name of this gateway at the identity provider.</summary>
    public string? ClientId { get; set; }

    /// <summary>Its secret there; none for a public client.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>How the sign-in page calls it.</summary>
    [StringLength(60, MinimumLength = 1)]
    public string Name { get; set; } = "single sign-on";

    /// <summary>What is asked for.</summary>
    [Required]
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>Role of people who are neither members nor invited; without it they are turned away.</summary>
    public Role? NewMemberRole { get; set; }

    /// <summary>For identity providers that check every address and do not say so in <c>email_verified</c>.</summary>
    public bool AssumeVerifiedEmail { get; set; }

    /// <summary>Only owners may sign in with a password, so that somebody still can when the identity provider is gone.</summary>
    public bool OnlyOwnersUsePasswords { get; set; }

    internal bool IsOn => !string.IsNullOrWhiteSpace(Authority);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            if (OnlyOwnersUsePasswords)
            {
                yield return new ValidationResult($"Set {nameof(Authority)} first: else nobody but owners could sign in.", [nameof(OnlyOwnersUsePasswords)]);
            }

            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            yield return new ValidationResult("Give an https:// address.", [nameof(Authority)]);
        }

        if (string.IsNullOrWhiteSpace(ClientId))
        {
            yield return new ValidationResult("Give the name that the identity provider knows this gateway by.", [nameof(ClientId)]);
        }

        if (!Scopes.Split(' ').Contains("openid", StringComparer.Ordinal))
        {
            yield return new ValidationResult("Without openid the identity provider tells of nobody.", [nameof(Scopes)]);
        }

        if (NewMemberRole is Role.None or Role.Owner)
        {
            yield return new ValidationResult("Viewer, Developer or Admin.", [nameof(NewMemberRole)]);
        }
    }
}
