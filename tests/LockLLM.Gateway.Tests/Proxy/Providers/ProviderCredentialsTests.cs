using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Proxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Proxy.Providers;

/// <summary>How each provider is shown its credential, and that no other host ever is.</summary>
public sealed class ProviderCredentialsTests
{
    private const string Secret = "sk-violet-7261";

    [Theory]
    [InlineData("openai", "v1/chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("mistral", "chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("custom", "chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("bedrock", "chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("vertex-ai", "chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("anthropic", "v1/messages", "x-api-key", Secret)]
    [InlineData("azure", "chat/completions", "api-key", Secret)]
    [InlineData("gemini", "chat/completions", "Authorization", "Bearer " + Secret)]
    [InlineData("gemini", "models/g:generateContent", "x-goog-api-key", Secret)]
    public async Task The_stored_key_takes_the_place_of_every_credential_of_the_caller(string name, string path, string carrier, string value)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Secret = Secret, Endpoint = provider.Address } }.StartAsync();
        using var request = Post($"/{name}/{path}");
        foreach (var header in (string[])["Authorization", "x-api-key", "api-key", "x-goog-api-key", HeaderNames.Key, "X-LockLLM-Scan-Mode", "X-LockLLM-Anything", "Cookie"])
        {
            request.Headers.TryAddWithoutValidation(header, "llm_of_the_caller");
        }

        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        var got = Assert.Single(provider.Requests);
        Assert.Equal(value, got.Header(carrier));
        Assert.DoesNotContain(got.Headers, header => header.Value.Contains("llm_", StringComparison.Ordinal));
        Assert.DoesNotContain(got.Headers, header => header.Key.StartsWith("X-LockLLM", StringComparison.OrdinalIgnoreCase));
        Assert.Single(got.Headers, header => header.Value.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_callers_own_credential_goes_along_when_none_is_stored()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Endpoint = provider.Address } }.StartAsync();
        using var request = Post("/openai/v1/chat/completions");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer sk-own");
        request.Headers.TryAddWithoutValidation(HeaderNames.Key, "llm_key");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        var got = Assert.Single(provider.Requests);
        Assert.Equal("Bearer sk-own", got.Header("Authorization"));
        Assert.DoesNotContain(got.Headers, header => header.Value.Contains("llm_key", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "2023-06-01")]
    [InlineData("2024-01-01", "2024-01-01")]
    public async Task Anthropic_gets_the_callers_version_or_the_default(string? given, string expected)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Secret = Secret, Endpoint = provider.Address } }.StartAsync();
        using var request = Post("/anthropic/v1/messages");
        if (given is not null)
        {
            request.Headers.Add("anthropic-version", given);
        }

        await gateway.Client.SendAsync(request);
        Assert.Equal(expected, Assert.Single(provider.Requests).Header("anthropic-version"));
    }

    [Fact]
    public async Task Bedrock_calls_are_signed_over_their_body()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost
        {
            Access = new() { Secret = """{"access_key_id":"AKIDEXAMPLE","secret_access_key":"violetsecret","session_token":"session","region":"eu-west-1"}""", Endpoint = provider.Address },
        }.StartAsync();
        var answer = await gateway.Client.SendAsync(Post("/bedrock/chat/completions"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync() + string.Join('\n', gateway.Logs.Lines));
        var got = Assert.Single(provider.Requests);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", got.Header("Authorization"), StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=", got.Header("Authorization"), StringComparison.Ordinal);
        Assert.Equal("session", got.Header("x-amz-security-token"));
        Assert.DoesNotContain(got.Headers, header => header.Value.Contains("violetsecret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_account_is_exchanged_for_a_token_once_and_again_before_it_expires()
    {
        using var key = RSA.Create(2048);
        await using var provider = await FakeProvider.StartAsync();
        await using var service = await FakeProvider.StartAsync();
        var issued = 0;
        service.Answer = context => FakeProvider.Json($$"""{"access_token":"token-{{Interlocked.Increment(ref issued)}}","expires_in":3600}""")(context);
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var gateway = await new ForwarderHost
        {
            Clock = clock,
            Access = new()
            {
                Secret = JsonSerializer.Serialize(new { type = "service_account", client_email = "a@b.example", private_key = key.ExportPkcs8PrivateKeyPem(), private_key_id = "k1", token_uri = service.Address + "/token" }),
                Endpoint = provider.Address + "/v1/projects/p/locations/l",
            },
        }.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.Client.SendAsync(Post("/vertex-ai/chat/completions"))));
        Assert.All(provider.Requests, request => Assert.Equal("Bearer token-1", request.Header("Authorization")));
        Assert.Equal(20, provider.Requests.Count);

        var asked = HttpUtility.ParseQueryString(Assert.Single(service.Requests).Text);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", asked["grant_type"]);
        var parts = asked["assertion"]!.Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])).RootElement;
        Assert.Equal(("a@b.example", service.Address + "/token", 3600L), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()));

        clock.Advance(TimeSpan.FromMinutes(54));
        await gateway.Client.SendAsync(Post("/vertex-ai/chat/completions"));
        Assert.Equal("Bearer token-1", provider.Requests[^1].Header("Authorization"));
        clock.Advance(TimeSpan.FromMinutes(2));
        await gateway.Client.SendAsync(Post("/vertex-ai/chat/completions"));
        Assert.Equal("Bearer token-2", provider.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task An_application_of_entra_id_is_exchanged_for_a_token()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var service = await FakeProvider.StartAsync();
        service.Answer = FakeProvider.Json("""{"access_token":"entra","expires_in":"3599"}""");
        await using var gateway = await new ForwarderHost
        {
            Access = new()
            {
                Secret = JsonSerializer.Serialize(new { tenant_id = "t1", client_id = "c1", client_secret = "violet", authority = service.Address }),
                Endpoint = provider.Address,
            },
        }.StartAsync();
        await gateway.Client.SendAsync(Post("/azure/deployments/d/chat/completions"));
        Assert.Equal("Bearer entra", Assert.Single(provider.Requests).Header("Authorization"));
        var asked = Assert.Single(service.Requests);
        Assert.Equal("/t1/oauth2/v2.0/token", asked.Target);
        Assert.Equal("https://cognitiveservices.azure.com/.default", HttpUtility.ParseQueryString(asked.Text)["scope"]);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    public async Task A_token_that_cannot_be_had_is_a_provider_error_and_is_asked_for_again(int status)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var service = await FakeProvider.StartAsync();
        service.Answer = FakeProvider.Json("""{"error":"invalid_client","violet":1}""", status);
        await using var gateway = await new ForwarderHost
        {
            Access = new() { Secret = JsonSerializer.Serialize(new { tenant_id = "t1", client_id = "c1", client_secret = "violet", authority = service.Address }), Endpoint = provider.Address },
        }.StartAsync();
        var error = await (await gateway.Client.SendAsync(Post("/azure/chat/completions"))).ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        Assert.DoesNotContain("violet", error.ToString(), StringComparison.Ordinal);
        service.Answer = FakeProvider.Json("""{"access_token":"entra","expires_in":3599}""");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(Post("/azure/chat/completions"))).StatusCode);
    }

    [Theory]
    [InlineData("azure", "{}")]
    [InlineData("azure", "{\"tenant_id\":\"a\"")]
    [InlineData("bedrock", "{\"access_key_id\":\"a\"}")]
    [InlineData("bedrock", "{\"access_key_id\":\"a\",\"secret_access_key\":\"b\"}")] // no region to be found
    [InlineData("vertex-ai", "{\"client_email\":\"a\",\"private_key\":\"no key\"}")]
    [InlineData("openai", "sk-\r\nX-Injected: 1")]
    public async Task A_malformed_credential_is_said_to_be_one(string name, string secret)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Secret = secret, Endpoint = provider.Address } }.StartAsync();
        await (await gateway.Client.SendAsync(Post($"/{name}/chat/completions"))).ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
        Assert.Empty(provider.Requests);
    }

    public static TheoryData<string, int> Redirects
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var location in (string[])["http://{thief}/v1", "//{thief}/v1", "http://{thief}\\@x/", "http://key@{thief}/", "/v1/elsewhere"])
            {
                foreach (var status in (int[])[301, 302, 303, 307, 308])
                {
                    data.Add(location, status);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task A_key_is_not_carried_along_a_redirect(string location, int status)
    {
        await using var thief = await FakeProvider.StartAsync();
        await using var provider = await FakeProvider.StartAsync();
        provider.Answer = FakeProvider.Json("{}", status, ("Location", location.Replace("{thief}", thief.Host, StringComparison.Ordinal)));
        await using var gateway = await new ForwarderHost { Access = new() { Secret = Secret, Endpoint = provider.Address } }.StartAsync();
        var answer = await gateway.Client.SendAsync(Post("/openai/v1/chat/completions"));
        await answer.ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        Assert.Null(answer.Headers.Location);
        Assert.Empty(thief.Requests);
        Assert.Single(provider.Requests);
    }

    [Theory]
    [InlineData("Host", "{thief}")]
    [InlineData("X-Forwarded-Host", "{thief}")]
    [InlineData("Forwarded", "host={thief}")]
    [InlineData("X-Original-URL", "http://{thief}/")]
    [InlineData("X-LockLLM-Endpoint", "http://{thief}/")]
    [InlineData("OpenAI-Base-Url", "http://{thief}/")]
    [InlineData("Proxy-Authorization", "Basic {thief}")]
    public async Task No_header_of_the_caller_chooses_the_host(string name, string value)
    {
        await using var thief = await FakeProvider.StartAsync();
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Secret = Secret, Endpoint = provider.Address } }.StartAsync();
        using var request = Post($"/openai/v1/chat/completions?api_base=http://{thief.Host}/&base_url=http://{thief.Host}");
        request.Content = new StringContent($$"""{"model":"m","api_base":"http://{{thief.Host}}/","base_url":"http://{{thief.Host}}/","messages":[]}""");
        request.Headers.TryAddWithoutValidation(name, value.Replace("{thief}", thief.Host, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.SendAsync(request)).StatusCode);
        Assert.Empty(thief.Requests);
        Assert.Equal(provider.Host, Assert.Single(provider.Requests).Host);
    }

    [Theory]
    [InlineData("other.example.com")]
    [InlineData("127.0.0.2")]
    [InlineData("localhost")]
    public async Task A_key_bound_to_another_host_is_not_sent(string host)
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var gateway = await new ForwarderHost { Access = new() { Secret = Secret, Endpoint = provider.Address, Host = host } }.StartAsync();
        await (await gateway.Client.SendAsync(Post("/openai/v1/chat/completions"))).ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
        Assert.Empty(provider.Requests);
    }

    private static HttpRequestMessage Post(string path) => new(HttpMethod.Post, path)
    {
        Content = new StringContent("""{"model":"m","messages":[]}""", Encoding.UTF8, "application/json"),
    };
}
