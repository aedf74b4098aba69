using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// A key file of a Google service account. It is turned into a token by a signed assertion (RFC 7523), which is good for
/// the token service that it names and no other, so that the key itself never leaves.
/// </summary>
internal sealed record GoogleServiceAccount(
    [property: JsonPropertyName("client_email")] string? ClientEmail,
    [property: JsonPropertyName("private_key")] string? PrivateKey,
    [property: JsonPropertyName("private_key_id")] string? PrivateKeyId,
    [property: JsonPropertyName("token_uri")] string? TokenUri)
{
    private const string TokenService = "https://oauth2.googleapis.com/token";
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    public static bool IsOne(string secret) => secret.AsSpan().TrimStart().StartsWith("{");

    public static GoogleServiceAccount? Read(string secret)
    {
        try
        {
            var account = JsonSerializer.Deserialize(secret, TokenJson.Default.GoogleServiceAccount);
            if (account is not { ClientEmail.Length: > 0, PrivateKey.Length: > 0 } || !Uri.TryCreate(account.Audience, UriKind.Absolute, out _))
            {
                return null;
            }

            using var key = account.OpenKey();
            return account;
        }
        catch (Exception malformed) when (malformed is JsonException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    public HttpRequestMessage TokenRequest(DateTimeOffset now) => new(HttpMethod.Post, Audience)
    {
        Content = new FormUrlEncodedContent([new("grant_type", GrantType), new("assertion", Assertion(now))]),
    };

    public override string ToString() => nameof(GoogleServiceAccount);

    private string Audience => string.IsNullOrEmpty(TokenUri) ? TokenService : TokenUri;

    private string Assertion(DateTimeOffset now)
    {
        var issued = now.ToUnixTimeSeconds();
        var head = Part(writer =>
        {
            writer.WriteString("alg", "RS256");
            writer.WriteString("typ", "JWT");
            if (PrivateKeyId is not null)
            {
                writer.WriteString("kid", PrivateKeyId);
            }
        });
        var claims = Part(writer =>
        {
            writer.WriteString("iss", ClientEmail);
            writer.WriteString("scope", Scope);
            writer.WriteString("aud", Audience);
            writer.WriteNumber("iat", issued);
            writer.WriteNumber("exp", issued + (long)s_lifetime.TotalSeconds);
        });
        var signed = $"{head}.{claims}";
        using var key = OpenKey();
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private RSA OpenKey()
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(PrivateKey);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
