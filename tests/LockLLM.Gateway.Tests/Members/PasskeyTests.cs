using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Tests.Management;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Members;

/// <summary>Passkeys by way of the API, with an authenticator that can also lie.</summary>
public sealed class PasskeyTests
{
    private const string Elsewhere = "https://elsewhere.example";

    [Fact]
    public async Task A_passkey_signs_in_without_address_password_or_code()
    {
        using var gateway = Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var authenticator = new Authenticator(gateway.Address);
        var added = await AddAsync(browser, authenticator, " Laptop ");
        Assert.Equal("Laptop", added.Text("name"));
        Assert.False(added.Has("last_used_at"));

        using var tab = new Browser(gateway.Address);
        var session = await SignInAsync(tab, authenticator);
        Assert.Equal(Browser.OwnerEmail, session.GetProperty("member").Text("email"));
        Assert.Equal("passkey", Assert.Single(session.GetProperty("methods").EnumerateArray()).GetString());
        await tab.EnterAsync("/api/v1/keys", new { name = "made by passkey" });
        await SignInAsync(tab, authenticator);
        var listed = Assert.Single((await browser.ReadAsync("/api/v1/me/passkeys")).EnumerateArray());
        Assert.True(listed.Has("last_used_at"));
        Assert.Equal("Phone", (await (await browser.CallAsync("PUT", "/api/v1/me/passkeys/" + added.Text("id"), new { name = "Phone" })).JsonAsync()).Text("name"));
        Assert.Equal(["member.passkey_renamed", "member.signed_in", "api_key.created", "member.signed_in", "member.passkey_added"],
            (await browser.ReadAsync("/api/v1/audit")).Texts("action").Take(5));
        Assert.True((await gateway.Stranger.ReadAsync("/api/v1/session/options")).GetProperty("passkeys").GetBoolean());
    }

    [Fact]
    public async Task What_the_browser_is_asked_names_this_gateway_and_the_passkeys_that_are_known()
    {
        using var gateway = Gateway(null, ("LockLLM:SignIn:PublicAddress", "https://lockllm.example.com"));
        using var browser = await Browser.OwnerAsync(gateway);
        using var authenticator = new Authenticator(new Uri("https://lockllm.example.com"));
        await AddAsync(browser, authenticator, "Laptop");
        var options = (await BeginAsync(browser, "/api/v1/me/passkeys/begin")).Options;
        Assert.Equal("lockllm.example.com", options.GetProperty("rp").Text("id"));
        Assert.Equal("required", options.GetProperty("authenticatorSelection").Text("userVerification"));
        Assert.Equal("required", options.GetProperty("authenticatorSelection").Text("residentKey"));
        Assert.Single(options.GetProperty("excludeCredentials").EnumerateArray());
        var asked = (await BeginAsync(browser, "/api/v1/session/passkey/begin")).Options;
        Assert.Equal("lockllm.example.com", asked.Text("rpId"));
        Assert.Equal("required", asked.Text("userVerification"));

        // The address that the request came by is then not it.
        using var tab = new Browser(gateway.Address);
        authenticator.Origin = gateway.Address.GetLeftPart(UriPartial.Authority);
        await RefusedAsync(tab, authenticator.Get);
        authenticator.Origin = "https://lockllm.example.com";
        await SignInAsync(tab, authenticator);
    }

    [Fact]
    public async Task Every_lie_of_a_sign_in_is_refused()
    {
        using var gateway = Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var guest = await browser.InviteAsync("guest@example.com", "viewer");
        using var authenticator = new Authenticator(gateway.Address);
        using var theirs = new Authenticator(gateway.Address);
        using var copy = new Authenticator(gateway.Address) { CredentialId = authenticator.CredentialId };
        await AddAsync(browser, authenticator, "mine");
        await AddAsync(guest, theirs, "theirs");
        copy.UserHandle = authenticator.UserHandle;
        var (origin, party, handle) = (authenticator.Origin, authenticator.RelyingParty, authenticator.UserHandle);
        using var tab = new Browser(gateway.Address);
        foreach (var lie in (Action[])
        [
            () => authenticator.Origin = Elsewhere,
            () => authenticator.Origin = origin.Replace("http:", "https:", StringComparison.Ordinal),
            () => authenticator.Origin = "null",
            () => authenticator.TopOrigin = Elsewhere,
            () => authenticator.RelyingParty = "elsewhere.example",
            () => authenticator.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            () => authenticator.Kind = "webauthn.create",
            () => authenticator.IsUserVerified = false,
            () => authenticator.IsUserPresent = false,
            () => authenticator.UserHandle = theirs.UserHandle,
            () => authenticator.UserHandle = null,
            () => authenticator.UserHandle = "bm9ib2R5AA",
        ])
        {
            lie();
            await RefusedAsync(tab, authenticator.Get);
            (authenticator.Origin, authenticator.RelyingParty, authenticator.UserHandle, authenticator.TopOrigin, authenticator.Challenge, authenticator.Kind) = (origin, party, handle, null, null, null);
            (authenticator.IsUserVerified, authenticator.IsUserPresent) = (true, true);
        }

        // Another key under the same name, and one whose member is another.
        copy.Uses = 1000;
        await RefusedAsync(tab, copy.Get);
        theirs.UserHandle = handle;
        await RefusedAsync(tab, theirs.Get);
        using var unknown = new Authenticator(gateway.Address) { UserHandle = handle };
        await RefusedAsync(tab, unknown.Get);

        // What is signed cannot be changed afterwards.
        foreach (var field in (string[])["clientDataJSON", "authenticatorData", "signature"])
        {
            await RefusedAsync(tab, options =>
            {
                var changed = authenticator.Get(options);
                var text = changed["response"]![field]!.GetValue<string>();
                changed["response"]![field] = text[..^3] + (text[^3] == 'A' ? 'B' : 'A') + text[^2..];
                return changed;
            });
        }

        await SignInAsync(tab, authenticator);
    }

    [Fact]
    public async Task A_counter_that_goes_back_tells_of_a_copy()
    {
        using var gateway = Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var authenticator = new Authenticator(gateway.Address);
        await AddAsync(browser, authenticator, "mine");
        using var tab = new Browser(gateway.Address);
        await SignInAsync(tab, authenticator);
        await SignInAsync(tab, authenticator);
        authenticator.Uses = 1;
        await RefusedAsync(tab, authenticator.Get);
        await SignInAsync(tab, authenticator);

        // Passkeys that are synchronized do not count at all.
        using var synchronized = new Authenticator(gateway.Address);
        await AddAsync(browser, synchronized, "synchronized");
        for (var i = 0; i < 2; i++)
        {
            synchronized.Uses = uint.MaxValue;
            await SignInAsync(tab, synchronized);
        }
    }

    [Fact]
    public async Task An_answer_counts_once_for_what_was_asked_and_for_a_while()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var gateway = Gateway(clock);
        using var browser = await Browser.OwnerAsync(gateway);
        using var guest = await browser.InviteAsync("guest@example.com", "viewer");
        using var authenticator = new Authenticator(gateway.Address);
        await AddAsync(browser, authenticator, "mine");
        using var tab = new Browser(gateway.Address);

        var (id, options) = await BeginAsync(tab, "/api/v1/session/passkey/begin");
        var answer = authenticator.Get(options);
        await tab.EnterAsync("/api/v1/session/passkey", new { id, credential = answer });
        await (await tab.CallAsync("POST", "/api/v1/session/passkey", new { id, credential = answer })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");

        (id, options) = await BeginAsync(tab, "/api/v1/session/passkey/begin");
        clock.Advance(TimeSpan.FromMinutes(5));
        await (await tab.CallAsync("POST", "/api/v1/session/passkey", new { id, credential = authenticator.Get(options) })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");

        // One who adds cannot finish what another began, nor with what was asked for signing in.
        using var second = new Authenticator(gateway.Address);
        (id, options) = await BeginAsync(browser, "/api/v1/me/passkeys/begin");
        await (await guest.CallAsync("POST", "/api/v1/me/passkeys", new { id, name = "theirs", credential = second.Create(options) })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        var asked = await BeginAsync(browser, "/api/v1/session/passkey/begin");
        await (await browser.CallAsync("POST", "/api/v1/me/passkeys", new { id = asked.Id, name = "mine", credential = second.Create(options) })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        Assert.Equal(HttpStatusCode.Created, (await browser.CallAsync("POST", "/api/v1/me/passkeys", new { id, name = "mine", credential = second.Create(options) })).StatusCode);
        Assert.Empty((await guest.ReadAsync("/api/v1/me/passkeys")).EnumerateArray());
    }

    [Fact]
    public async Task Every_lie_of_a_new_passkey_is_refused()
    {
        using var gateway = Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        foreach (var lie in (Action<Authenticator>[])
        [
            liar => liar.Origin = Elsewhere,
            liar => liar.TopOrigin = Elsewhere,
            liar => liar.RelyingParty = "elsewhere.example",
            liar => liar.Challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            liar => liar.Kind = "webauthn.get",
            liar => liar.IsUserVerified = false,
            liar => liar.IsUserPresent = false,
        ])
        {
            using var liar = new Authenticator(gateway.Address);
            lie(liar);
            var (id, options) = await BeginAsync(browser, "/api/v1/me/passkeys/begin");
            var error = await (await browser.CallAsync("POST", "/api/v1/me/passkeys", new { id, name = "forged", credential = liar.Create(options) })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
            Assert.Equal("credential", error.Text("param"));
        }

        foreach (var broken in (string[])["{}", """{"id":1}""", """{"id":"AA","rawId":"AA","type":"public-key","response":{}}""", """{"id":"\ud800"}"""])
        {
            var (id, _) = await BeginAsync(browser, "/api/v1/me/passkeys/begin");
            await (await browser.CallAsync("POST", "/api/v1/me/passkeys", $$"""{"id":"{{id}}","name":"broken","credential":{{broken}}}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
            var asked = await BeginAsync(browser, "/api/v1/session/passkey/begin");
            await (await browser.CallAsync("POST", "/api/v1/session/passkey", $$"""{"id":"{{asked.Id}}","credential":{{broken}}}""")).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
        }

        Assert.Empty((await browser.ReadAsync("/api/v1/me/passkeys")).EnumerateArray());

        // One that somebody else has.
        using var guest = await browser.InviteAsync("guest@example.com", "viewer");
        using var authenticator = new Authenticator(gateway.Address);
        await AddAsync(browser, authenticator, "mine");
        using var same = new Authenticator(gateway.Address) { CredentialId = authenticator.CredentialId };
        var begun = await BeginAsync(guest, "/api/v1/me/passkeys/begin");
        await (await guest.CallAsync("POST", "/api/v1/me/passkeys", new { id = begun.Id, name = "theirs", credential = same.Create(begun.Options) })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
    }

    [Fact]
    public async Task Failures_lock_a_member_for_passkeys_and_passwords_alike()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var gateway = Browser.Gateway(clock, ("LockLLM:Members:SignInsPerMinute", "1000"));
        using var browser = await Browser.OwnerAsync(gateway);
        using var authenticator = new Authenticator(gateway.Address);
        await AddAsync(browser, authenticator, "mine");
        using var tab = new Browser(gateway.Address);
        authenticator.Origin = Elsewhere;
        for (var i = 0; i < 6; i++)
        {
            await RefusedAsync(tab, authenticator.Get);
        }

        authenticator.Origin = gateway.Address.GetLeftPart(UriPartial.Authority);
        await RefusedAsync(tab, authenticator.Get);
        await (await tab.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
        clock.Advance(TimeSpan.FromMinutes(15));
        await SignInAsync(tab, authenticator);
    }

    [Fact]
    public async Task Passkeys_are_added_and_removed_by_who_has_just_shown_one_or_the_password()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var gateway = Gateway(clock);
        using var browser = await Browser.OwnerAsync(gateway);
        using var guest = await browser.InviteAsync("guest@example.com", "viewer");
        using var authenticator = new Authenticator(gateway.Address);
        using var theirs = new Authenticator(gateway.Address);
        var path = "/api/v1/me/passkeys/" + (await AddAsync(browser, authenticator, "mine")).Text("id");
        await AddAsync(guest, theirs, "theirs");
        clock.Advance(TimeSpan.FromMinutes(10));
        await (await browser.CallAsync("POST", "/api/v1/me/passkeys/begin")).ErrorAsync(HttpStatusCode.Forbidden, "confirmation_required");
        await (await browser.CallAsync("POST", "/api/v1/me/passkeys", new { id = "x" })).ErrorAsync(HttpStatusCode.Forbidden, "confirmation_required");
        await (await browser.CallAsync("DELETE", path)).ErrorAsync(HttpStatusCode.Forbidden, "confirmation_required");

        // Somebody else's passkey confirms nothing.
        var (id, options) = await BeginAsync(browser, "/api/v1/session/passkey/begin");
        await (await browser.CallAsync("POST", "/api/v1/session/confirm/passkey", new { id, credential = theirs.Get(options) })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
        (id, options) = await BeginAsync(browser, "/api/v1/session/passkey/begin");
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("POST", "/api/v1/session/confirm/passkey", new { id, credential = authenticator.Get(options) })).StatusCode);
        await BeginAsync(browser, "/api/v1/me/passkeys/begin");

        // Its removal ends the sessions elsewhere, and it opens nothing any more.
        await (await guest.CallAsync("PUT", path, new { name = "x" })).ErrorAsync(HttpStatusCode.NotFound, "passkey_not_found");
        using var tab = new Browser(gateway.Address);
        await SignInAsync(tab, authenticator);
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("DELETE", path)).StatusCode);
        await browser.ReadAsync("/api/v1/session");
        await (await tab.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await RefusedAsync(tab, authenticator.Get);
    }

    [Fact]
    public async Task The_last_way_in_stays()
    {
        using var gateway = Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var first = new Authenticator(gateway.Address);
        using var second = new Authenticator(gateway.Address);
        string[] paths = ["/api/v1/me/passkeys/" + (await AddAsync(browser, first, "first")).Text("id"), "/api/v1/me/passkeys/" + (await AddAsync(browser, second, "second")).Text("id")];
        await gateway.Get<GatewayDatabase>().ChangeAsync<int>(
            async (context, token) => await context.Members.ExecuteUpdateAsync(row => row.SetProperty(member => member.PasswordHash, (string?)null), token), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("DELETE", paths[0])).StatusCode);
        await (await browser.CallAsync("DELETE", paths[1])).ErrorAsync(HttpStatusCode.Conflict, "last_credential");
        await SignInAsync(browser, second);
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("PUT", "/api/v1/me/password", new { password = "another canary sings 1627" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("DELETE", paths[1])).StatusCode);
    }

    [Theory]
    [InlineData("lockllm.example.com")]
    [InlineData("http://lockllm.example.com")]
    [InlineData("https://lockllm.example.com/dashboard")]
    [InlineData("https://user@lockllm.example.com")]
    [InlineData("")]
    public void An_address_that_browsers_cannot_use_stops_the_start(string address)
    {
        var refusal = Assert.Throws<StartupRefusal>(() => StrictConfiguration.Read(new Microsoft.Extensions.Configuration.ConfigurationManager { ["LockLLM:SignIn:PublicAddress"] = address }));
        Assert.Contains("LockLLM:SignIn:PublicAddress", refusal.Message, StringComparison.Ordinal);
    }

    private static ManagementGateway Gateway(TimeProvider? clock = null, params (string, string)[] settings) =>
        Browser.Gateway(clock, [("LockLLM:Members:SignInsPerMinute", "1000"), ("LockLLM:Members:MaxFailedSignIns", "100"), .. settings]);

    private static async Task<(string Id, JsonElement Options)> BeginAsync(Browser browser, string path)
    {
        var answer = await browser.CallAsync("POST", path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var challenge = await answer.JsonAsync();
        return (challenge.Text("id"), challenge.GetProperty("options"));
    }

    private static async Task<JsonElement> AddAsync(Browser browser, Authenticator authenticator, string name)
    {
        var (id, options) = await BeginAsync(browser, "/api/v1/me/passkeys/begin");
        return await browser.EnterAsync("/api/v1/me/passkeys", new { id, name, credential = authenticator.Create(options) });
    }

    private static async Task<JsonElement> SignInAsync(Browser browser, Authenticator authenticator)
    {
        var (id, options) = await BeginAsync(browser, "/api/v1/session/passkey/begin");
        return await browser.EnterAsync("/api/v1/session/passkey", new { id, credential = authenticator.Get(options) });
    }

    private static async Task RefusedAsync(Browser browser, Func<JsonElement, JsonObject> answer)
    {
        var (id, options) = await BeginAsync(browser, "/api/v1/session/passkey/begin");
        await (await browser.CallAsync("POST", "/api/v1/session/passkey", new { id, credential = answer(options) })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
    }
}
