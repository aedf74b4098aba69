using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>An application registered in Entra ID, stored as JSON in place of an Azure key.</summary>
internal sealed record EntraApplication(
    [property: JsonPropertyName("tenant_id")] string? TenantId,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret,
    [property: JsonPropertyName("authority")] string? Authority)
{
    private const string PublicCloud = "https://login.microsoftonline.com";
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    public static bool IsOne(string secret) => secret.AsSpan().TrimStart().StartsWith("{");

    public static EntraApplication? Read(string secret)
    {
        try
        {
            return JsonSerializer.Deserialize(secret, TokenJson.Default.EntraApplication) is { TenantId.Length: > 0, ClientId.Length: > 0, ClientSecret.Length: > 0 } application
                && Uri.TryCreate(application.Authority ?? PublicCloud, UriKind.Absolute, out _) ? application : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public HttpRequestMessage TokenRequest() => new(HttpMethod.Post, $"{(Authority ?? PublicCloud).TrimEnd('/')}/{Uri.EscapeDataString(TenantId!)}/oauth2/v2.0/token")
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"),
            new("client_id", ClientId!),
            new("client_secret", ClientSecret!),
            new("scope", Scope),
        ]),
    };

    public override string ToString() => nameof(EntraApplication);
}
