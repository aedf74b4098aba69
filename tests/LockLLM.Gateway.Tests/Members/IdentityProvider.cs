using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LockLLM.Gateway.Tests.Members;

/// <summary>
/// An OpenID Connect provider on a real port that lets everybody in at once. It holds the gateway to PKCE and to its own
/// address, and tells lies when a test wants them.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "lockllm";
    public const string ClientSecret = "oidc-violetcanary7261-client-secret";

    /// <summary>Tokens are checked by the system's clock.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private readonly FakeProvider _server;
    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, Dictionary<string, string?>> _codes = new();

    private IdentityProvider(FakeProvider server)
    {
        _server = server;
        server.Answer = AnswerAsync;
    }

    public string Address => _server.Address;

    /// <summary>What is said of whoever comes, in the token.</summary>
    public Dictionary<string, object> Claims { get; } = new(StringComparer.Ordinal) { ["sub"] = "u-1" };

    /// <summary>What is said where the token's bearer is asked for.</summary>
    public Dictionary<string, object> UserInfo { get; } = new(StringComparer.Ordinal) { ["sub"] = "u-1" };

    /// <summary>A last change to the token before it is signed.</summary>
    public Action<SecurityTokenDescriptor>? Forge { get; set; }

    /// <summary>Query of the last request to sign somebody in.</summary>
    public Dictionary<string, string?> Asked { get; private set; } = [];

    public static async Task<IdentityProvider> StartAsync() => new(await FakeProvider.StartAsync());

    public (string, string)[] Settings(params (string Name, string Value)[] more) =>
        [("LockLLM:OpenIdConnect:Authority", Address), ("LockLLM:OpenIdConnect:ClientId", ClientId), ("LockLLM:OpenIdConnect:ClientSecret", ClientSecret), .. more];

    /// <summary>Somebody with a checked address.</summary>
    public void Know(string subject, string email, bool isVerified = true)
    {
        foreach (var claims in (Dictionary<string, object>[])[Claims, UserInfo])
        {
            claims["sub"] = subject;
            claims["email"] = email;
            claims["email_verified"] = isVerified;
            claims["name"] = "Ann Example";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/.well-known/openid-configuration":
                await JsonAsync(context, new
                {
                    issuer = Address,
                    authorization_endpoint = Address + "/authorize",
                    token_endpoint = Address + "/token",
                    userinfo_endpoint = Address + "/userinfo",
                    jwks_uri = Address + "/keys",
                    response_types_supported = new[] { "code" },
                });
                break;
            case "/keys":
                var key = _key.ExportParameters(false);
                await JsonAsync(context, new { keys = new[] { new { kty = "RSA", use = "sig", kid = "k1", alg = "RS256", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } });
                break;
            case "/authorize":
                Asked = context.Request.Query.ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
                var code = Guid.NewGuid().ToString("N");
                _codes[code] = Asked;
                context.Response.Redirect(QueryHelpers.AddQueryString(Asked["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = Asked["state"] }));
                break;
            case "/token":
                await TokenAsync(context);
                break;
            case "/userinfo":
                await JsonAsync(context, UserInfo);
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private async Task TokenAsync(HttpContext context)
    {
        // The server has read the body already, to record it.
        var form = QueryHelpers.ParseQuery(Encoding.ASCII.GetString(_server.Requests[^1].Body));
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret || !_codes.TryRemove(form["code"].ToString(), out var asked)
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"])
        {
            context.Response.StatusCode = 400;
            await JsonAsync(context, new { error = "invalid_grant" });
            return;
        }

        var claims = new Dictionary<string, object>(Claims, StringComparer.Ordinal) { ["nonce"] = asked["nonce"]! };
        var token = new SecurityTokenDescriptor
        {
            Issuer = Address,
            Audience = ClientId,
            Claims = claims,
            IssuedAt = Now.UtcDateTime,
            Expires = Now.AddMinutes(5).UtcDateTime,
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256),
        };
        Forge?.Invoke(token);
        await JsonAsync(context, new { access_token = "at-" + string.Create(CultureInfo.InvariantCulture, $"{_codes.Count}"), token_type = "Bearer", expires_in = 300, id_token = new JsonWebTokenHandler().CreateToken(token) });
    }

    private static Task JsonAsync(HttpContext context, object answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer));
    }
}
