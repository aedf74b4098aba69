using System.Globalization;
using System.Security.Claims;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>Somebody as an identity provider knows them.</summary>
/// <param name="Issuer">The identity provider's name for itself.</param>
/// <param name="Subject">Its name for the person, which never changes.</param>
/// <param name="Email">Null where it tells none, or has not checked it.</param>
/// <param name="AuthenticatedAt">When the person last gave credentials there; null where it does not say.</param>
internal sealed record ExternalIdentity(string Issuer, string Subject, string? Email, string? Name, DateTimeOffset? AuthenticatedAt)
{
    /// <summary>From the claims of a token that has been checked; null where it names nobody.</summary>
    public static ExternalIdentity? Of(ClaimsPrincipal principal, string issuer, OpenIdConnectSettings settings)
    {
        if (principal.FindFirst("sub") is not { Value.Length: > 0 and <= 255 } subject || issuer.Length is 0 or > 255)
        {
            return null;
        }

        var isVerified = settings.AssumeVerifiedEmail || string.Equals(principal.FindFirst("email_verified")?.Value, "true", StringComparison.OrdinalIgnoreCase);
        var at = long.TryParse(principal.FindFirst("auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : (DateTimeOffset?)null;
        return new ExternalIdentity(issuer, subject.Value, isVerified ? principal.FindFirst("email")?.Value : null, principal.FindFirst("name")?.Value, at);
    }

    /// <summary>Tells the issuer only: whom it speaks of belongs into no log.</summary>
    public override string ToString() => Issuer;
}
