using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Members.OpenIdConnect;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Tests.Management;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace LockLLM.Gateway.Tests.Members;

public sealed class OpenIdConnectTests
{
    [Fact]
    public async Task A_member_of_a_checked_address_comes_in_and_is_known_by_subject_from_then_on()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings());
        provider.Know("u-1", Browser.OwnerEmail.ToUpperInvariant());
        using var visitor = new Visitor(gateway.Address);
        var page = await visitor.SignInAsync("?to=/dashboard/events");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("content=\"0;url=/dashboard/events\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var cookie = Visitor.SessionCookie(page);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        var session = await visitor.SessionAsync();
        Assert.Equal(Browser.OwnerEmail, session.GetProperty("member").Text("email"));
        Assert.Equal(["oidc"], session.GetProperty("methods").EnumerateArray().Select(method => method.GetString()));

        // The address changed there; the person is the same.
        provider.Know("u-1", "other@example.com");
        using var again = new Visitor(gateway.Address);
        await again.SignInAsync();
        Assert.Equal(Browser.OwnerEmail, (await again.SessionAsync()).GetProperty("member").Text("email"));

        // Somebody else of the owner's address is not the owner.
        provider.Know("u-2", Browser.OwnerEmail);
        await Visitor.AssertRefusedAsync(gateway);
        using var browser = await Browser.OwnerAsync(gateway);
        var acts = (await browser.ReadAsync("/api/v1/audit")).Texts("action");
        Assert.Single(acts, act => act == "member.linked");
    }

    [Fact]
    public async Task An_invitation_counts_without_its_link()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings());
        using var owner = await Browser.OwnerAsync(gateway);
        await owner.EnterAsync("/api/v1/invitations", new { email = "Dora@Example.com", role = "developer" });
        provider.Know("u-7", "dora@example.com");
        using var visitor = new Visitor(gateway.Address);
        await visitor.SignInAsync();
        var member = (await visitor.SessionAsync()).GetProperty("member");
        Assert.Equal(("dora@example.com", "developer", "Ann Example"), (member.Text("email"), member.Text("role"), member.Text("name")));
        Assert.Empty((await owner.ReadAsync("/api/v1/invitations")).EnumerateArray());

        Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync("PUT", "/api/v1/members/" + member.Text("id"), new { enabled = false })).StatusCode);
        await Visitor.AssertRefusedAsync(gateway);
    }

    [Theory]
    [InlineData(false, null, HttpStatusCode.Forbidden)]
    [InlineData(true, null, HttpStatusCode.Forbidden)]
    [InlineData(false, "Viewer", HttpStatusCode.Forbidden)]
    [InlineData(true, "Viewer", HttpStatusCode.OK)]
    public async Task A_stranger_comes_in_only_where_the_operator_lets_everybody_of_a_checked_address(bool isVerified, string? role, HttpStatusCode expected)
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings(role is null ? [] : [("LockLLM:OpenIdConnect:NewMemberRole", role)]));
        provider.Know("u-9", "stranger@example.com", isVerified);
        using var visitor = new Visitor(gateway.Address);
        var page = await visitor.SignInAsync();
        Assert.Equal(expected, page.StatusCode);
        if (expected == HttpStatusCode.OK)
        {
            Assert.Equal("viewer", (await visitor.SessionAsync()).GetProperty("member").Text("role"));
        }
    }

    [Fact]
    public async Task What_is_not_from_the_identity_provider_for_this_browser_is_refused()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings());
        provider.Know("u-1", Browser.OwnerEmail);
        using var foreign = RSA.Create(2048);
        foreach (var (what, forge) in ((string, Action<SecurityTokenDescriptor>)[])
        [
            ("issuer", token => token.Issuer = "https://elsewhere.example.com"),
            ("audience", token => token.Audience = "another client"),
            ("nonce", token => token.Claims["nonce"] = "another nonce"),
            ("no nonce", token => token.Claims.Remove("nonce")),
            ("expired", token => (token.IssuedAt, token.NotBefore, token.Expires) = (IdentityProvider.Now.AddHours(-2).UtcDateTime, IdentityProvider.Now.AddHours(-2).UtcDateTime, IdentityProvider.Now.AddHours(-1).UtcDateTime)),
            ("another's signature", token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(foreign) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256)),
            ("no signature", token => token.SigningCredentials = null),
            ("no subject", token => token.Claims.Remove("sub")),
        ])
        {
            provider.Forge = forge;
            await Visitor.AssertRefusedAsync(gateway, what);
        }

        provider.Forge = null;
        provider.UserInfo["sub"] = "somebody else";
        await Visitor.AssertRefusedAsync(gateway);
        provider.UserInfo["sub"] = "u-1";

        // Another browser's answer, a state that was changed, a refusal by the person.
        using var victim = new Visitor(gateway.Address);
        using var attacker = new Visitor(gateway.Address);
        var callback = await attacker.AskAsync();
        Visitor.AssertRefused(await victim.GetAsync(callback));
        var mine = await victim.AskAsync();
        Visitor.AssertRefused(await victim.GetAsync(mine.Replace("state=", "state=x", StringComparison.Ordinal)));
        Visitor.AssertRefused(await victim.GetAsync("/sign-in/openid-connect/callback?error=access_denied&state=x"));
        var refused = await victim.GetAsync("/sign-in/openid-connect/callback");
        Visitor.AssertRefused(refused);
        Assert.Contains(refused.Header("X-Request-Id")!, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", refused.Header("Content-Security-Policy"), StringComparison.Ordinal);

        // And once only.
        using var once = new Visitor(gateway.Address);
        var good = await once.AskAsync();
        Assert.Equal(HttpStatusCode.OK, (await once.GetAsync(good)).StatusCode);
        Visitor.AssertRefused(await once.GetAsync(good));
        Assert.DoesNotContain(gateway.Gateway.Logs.Lines.Where(line => line.Contains("LockLLM", StringComparison.Ordinal)), line => line.Contains(IdentityProvider.ClientSecret, StringComparison.Ordinal) || line.Contains(Browser.OwnerEmail, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Where_only_owners_use_passwords_nobody_else_gets_in_with_one()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings(("LockLLM:OpenIdConnect:OnlyOwnersUsePasswords", "true"), ("LockLLM:OpenIdConnect:Name", "Example ID")));
        using var owner = await Browser.OwnerAsync(gateway);
        var options = await owner.ReadAsync("/api/v1/session/options");
        Assert.Equal("Example ID", options.GetProperty("open_id_connect").Text("name"));
        Assert.True(options.GetProperty("only_owners_use_passwords").GetBoolean());
        var invitation = await owner.EnterAsync("/api/v1/invitations", new { email = "dev@example.com", role = "developer" });
        using var guest = new Browser(gateway.Address);
        await (await guest.CallAsync("POST", "/api/v1/invitations/accept", new { token = invitation.Text("token"), name = "Dev", password = Browser.OwnerPassword })).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");

        provider.Know("u-5", "dev@example.com");
        using var visitor = new Visitor(gateway.Address);
        Assert.Equal(HttpStatusCode.OK, (await visitor.SignInAsync()).StatusCode);
        await (await guest.CallAsync("POST", "/api/v1/session", new { email = "dev@example.com", password = Browser.OwnerPassword })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
    }

    [Fact]
    public async Task Credentials_given_long_ago_do_not_confirm_and_fresh_ones_are_asked_for()
    {
        await using var provider = await IdentityProvider.StartAsync();
        using var gateway = Browser.Gateway(null, provider.Settings());
        provider.Know("u-1", Browser.OwnerEmail);
        provider.Claims["auth_time"] = IdentityProvider.Now.AddHours(-3).ToUnixTimeSeconds();
        using var visitor = new Visitor(gateway.Address);
        await visitor.SignInAsync();
        Assert.True((await visitor.SessionAsync()).GetProperty("confirmed_until").GetDateTimeOffset() < IdentityProvider.Now);
        Assert.False(provider.Asked.ContainsKey("prompt"));

        provider.Claims["auth_time"] = IdentityProvider.Now.ToUnixTimeSeconds();
        await visitor.SignInAsync("?fresh=true&to=https://elsewhere.example.com");
        Assert.Equal(("login", "0"), (provider.Asked["prompt"], provider.Asked["max_age"]));
        Assert.True((await visitor.SessionAsync()).GetProperty("confirmed_until").GetDateTimeOffset() > IdentityProvider.Now);
    }

    [Fact]
    public async Task Without_an_identity_provider_there_is_no_way_to_one()
    {
        using var gateway = Browser.Gateway();
        using var visitor = new Visitor(gateway.Address);
        Assert.NotEqual(HttpStatusCode.Redirect, (await visitor.GetAsync("/sign-in/openid-connect")).StatusCode);
        Assert.False((await (await visitor.GetAsync("/api/v1/session/options")).JsonAsync()).TryGetProperty("open_id_connect", out _));
    }

    [Fact]
    public void What_a_browser_carries_opens_under_the_same_master_key_only_and_for_its_purpose()
    {
        var key = MasterKey.Generate();
        var (here, there, elsewhere) = (Protection(key), Protection(key), Protection(MasterKey.Generate()));
        var carried = here.CreateProtector("state").CreateProtector("v1").Protect([1, 2, 3]);
        Assert.Equal([1, 2, 3], there.CreateProtector("state").CreateProtector("v1").Unprotect(carried));
        Assert.Throws<CryptographicException>(() => elsewhere.CreateProtector("state").CreateProtector("v1").Unprotect(carried));
        Assert.Throws<CryptographicException>(() => there.CreateProtector("nonce").CreateProtector("v1").Unprotect(carried));
        Assert.Throws<CryptographicException>(() => there.CreateProtector("state").CreateProtector("v1").Unprotect([.. carried[..^1], (byte)(carried[^1] ^ 1)]));

        static SealedProtection Protection(MasterKey key)
        {
            var ring = new MasterKeyRing();
            ring.Add(key, isActive: true);
            return new SealedProtection(new SecretProtector(ring));
        }
    }

    [Theory]
    [InlineData("Authority", "http://login.example.com")]
    [InlineData("Authority", "login.example.com")]
    [InlineData("ClientId", "")]
    [InlineData("Scopes", "profile email")]
    [InlineData("NewMemberRole", "Owner")]
    [InlineData("OnlyOwnersUsePasswords", "true", "")]
    public void Settings_that_cannot_work_stop_the_start(string name, string value, string authority = "https://login.example.com")
    {
        var settings = new Dictionary<string, string?> { ["LockLLM:OpenIdConnect:Authority"] = authority, ["LockLLM:OpenIdConnect:ClientId"] = "lockllm", ["LockLLM:OpenIdConnect:" + name] = value };
        var refusal = Assert.Throws<StartupRefusal>(() => StrictConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        Assert.Contains("LockLLM:OpenIdConnect:" + name, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A browser that goes where it is sent, one step at a time.</summary>
    private sealed class Visitor : IDisposable
    {
        private readonly HttpClient _client;

        public Visitor(Uri address) => _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address };

        public Task<HttpResponseMessage> GetAsync(string address) => _client.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute));

        /// <summary>To the identity provider; gives the address that it sends the browser back to.</summary>
        public async Task<string> AskAsync(string query = "")
        {
            var away = await GetAsync("/sign-in/openid-connect" + query);
            Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
            var back = await GetAsync(away.Headers.Location!.AbsoluteUri);
            Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
            return back.Headers.Location!.AbsoluteUri;
        }

        public async Task<HttpResponseMessage> SignInAsync(string query = "") => await GetAsync(await AskAsync(query));

        public static string SessionCookie(HttpResponseMessage page) => page.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("lockllm-session=", StringComparison.Ordinal));

        public async Task<JsonElement> SessionAsync()
        {
            var answer = await GetAsync("/api/v1/session");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.JsonAsync();
        }

        public static async Task AssertRefusedAsync(ManagementGateway gateway, string what = "")
        {
            using var visitor = new Visitor(gateway.Address);
            AssertRefused(await visitor.SignInAsync(), what);
        }

        public static void AssertRefused(HttpResponseMessage page, string what = "")
        {
            Assert.True(page.StatusCode == HttpStatusCode.Forbidden, $"{what}: {page.StatusCode}");
            Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain(page.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], cookie => cookie.StartsWith("lockllm-session=", StringComparison.Ordinal));
        }

        public void Dispose() => _client.Dispose();
    }
}
