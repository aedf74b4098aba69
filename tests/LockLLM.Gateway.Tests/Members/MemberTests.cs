using System.Net;
using System.Text.RegularExpressions;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Tests.Management;

namespace LockLLM.Gateway.Tests.Members;

public sealed partial class MemberTests
{
    [Fact]
    public async Task The_console_of_a_new_installation_shows_what_makes_the_owner_once()
    {
        using var folder = new TemporaryFolder();
        var options = new GatewayOptions { DataDirectory = folder.Path };
        string former;
        await using (var first = await TestInstallation.OpenAsync(options))
        {
            former = Token().Match(first.Printed).Groups["token"].Value;
        }

        await using (var second = await TestInstallation.OpenAsync(options))
        {
            var token = Token().Match(second.Printed).Groups["token"].Value;
            var invitations = second.Get<InvitationStore>();
            Assert.NotNull((await AcceptAsync(invitations, former)).Error);
            Assert.NotNull((await AcceptAsync(invitations, token, email: "no address")).Error);
            Assert.NotNull((await AcceptAsync(invitations, token, password: "short")).Error);
            var owner = await AcceptAsync(invitations, token);
            Assert.Equal((Role.Owner, "me@example.com"), (owner.Value!.SignedIn.Member.Role, owner.Value.SignedIn.Member.Email));
            Assert.NotNull((await AcceptAsync(invitations, token, email: "other@example.com")).Error);
        }

        await using var third = await TestInstallation.OpenAsync(options);
        Assert.Equal("", third.Printed);

        static Task<Outcome<NewSession>> AcceptAsync(InvitationStore store, string token, string email = "me@example.com", string password = Browser.OwnerPassword) =>
            store.AcceptAsync(token, email, "Me", password, "req_1", CancellationToken.None);
    }

    [Theory]
    [InlineData("a@b", null)]
    [InlineData(null, "violet canary sings")]
    [InlineData("nobody", "violet canary sings")]
    [InlineData("a@b", "short")]
    public async Task An_owner_who_cannot_be_made_stops_the_start(string? email, string? password)
    {
        using var folder = new TemporaryFolder();
        var options = new GatewayOptions { DataDirectory = folder.Path };
        (options.Bootstrap.OwnerEmail, options.Bootstrap.OwnerPassword) = (email, password);
        var refusal = await Assert.ThrowsAsync<StartupRefusal>(() => TestInstallation.OpenAsync(options));
        Assert.Contains("LockLLM:Bootstrap:OwnerEmail", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_hold_and_a_change_of_role_ends_sessions()
    {
        using var gateway = Browser.Gateway();
        using var owner = await Browser.OwnerAsync(gateway);
        using var admin = await owner.InviteAsync("admin@example.com", "admin");
        using var developer = await owner.InviteAsync("developer@example.com", "developer");
        using var viewer = await owner.InviteAsync("viewer@example.com", "viewer");
        var members = (await owner.ReadAsync("/api/v1/members")).EnumerateArray().ToDictionary(member => member.Text("role"), member => member.Text("id"));

        await developer.EnterAsync("/api/v1/keys", new { name = "theirs" });
        await ForbiddenAsync(developer, "PUT", "/api/v1/settings");
        await ForbiddenAsync(developer, "GET", "/api/v1/audit");
        await ForbiddenAsync(viewer, "POST", "/api/v1/keys");
        await viewer.ReadAsync("/api/v1/logs");
        await ForbiddenAsync(developer, "PUT", "/api/v1/members/" + members["viewer"]);
        await ForbiddenAsync(admin, "PUT", "/api/v1/members/" + members["owner"], new { name = "x" });
        await ForbiddenAsync(admin, "DELETE", "/api/v1/members/" + members["owner"]);
        await ForbiddenAsync(admin, "PUT", "/api/v1/members/" + members["admin"], new { role = "owner" });
        await ForbiddenAsync(admin, "POST", "/api/v1/invitations", new { email = "x@example.com", role = "owner" });

        Assert.Equal(HttpStatusCode.OK, (await admin.CallAsync("PUT", "/api/v1/members/" + members["developer"], new { role = "viewer", name = "Less" })).StatusCode);
        await (await developer.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("{}", await (await admin.CallAsync("DELETE", "/api/v1/members/" + members["viewer"])).Content.ReadAsStringAsync());
        await (await viewer.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await admin.CallAsync("GET", "/api/v1/members/" + members["viewer"])).ErrorAsync(HttpStatusCode.NotFound, "member_not_found");

        var acts = (await owner.ReadAsync("/api/v1/audit?actor=" + members["admin"])).Texts("action");
        Assert.Equal(["member.removed", "member.updated", "invitation.accepted"], acts);

        static async Task ForbiddenAsync(Browser browser, string method, string path, object? body = null) =>
            await (await browser.CallAsync(method, path, body)).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        using var gateway = Browser.Gateway();
        using var owner = await Browser.OwnerAsync(gateway);
        var path = "/api/v1/members/" + (await owner.ReadAsync("/api/v1/session")).GetProperty("member").Text("id");
        foreach (var body in (object[])[new { role = "admin" }, new { enabled = false }, new { role = "owner", enabled = false }])
        {
            await (await owner.CallAsync("PUT", path, body)).ErrorAsync(HttpStatusCode.Conflict, "last_owner");
        }

        await (await owner.CallAsync("DELETE", path)).ErrorAsync(HttpStatusCode.Conflict, "last_owner");
        Assert.Equal("Me", (await (await owner.CallAsync("PUT", path, new { name = "Me", role = "owner", enabled = true })).JsonAsync()).Text("name"));

        using var second = await owner.InviteAsync("second@example.com", "owner");
        Assert.Equal(HttpStatusCode.OK, (await second.CallAsync("DELETE", path)).StatusCode);
        var left = Assert.Single((await second.ReadAsync("/api/v1/members")).EnumerateArray());
        await (await second.CallAsync("DELETE", "/api/v1/members/" + left.Text("id"))).ErrorAsync(HttpStatusCode.Conflict, "last_owner");
    }

    [Fact]
    public async Task An_invitation_is_good_once_until_it_is_withdrawn()
    {
        using var gateway = Browser.Gateway();
        using var owner = await Browser.OwnerAsync(gateway);
        await (await owner.CallAsync("POST", "/api/v1/invitations", new { email = Browser.OwnerEmail.ToUpperInvariant(), role = "viewer" })).ErrorAsync(HttpStatusCode.Conflict, "duplicate_member");
        foreach (var role in (string?[])[null, "none", "Admin", "root"])
        {
            await (await owner.CallAsync("POST", "/api/v1/invitations", new { email = "x@example.com", role })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        }

        var first = await owner.EnterAsync("/api/v1/invitations", new { email = "a@example.com", role = "viewer" });
        var second = await owner.EnterAsync("/api/v1/invitations", new { email = "b@example.com", role = "viewer" });
        var list = await owner.ReadAsync("/api/v1/invitations");
        Assert.Equal(2, list.GetArrayLength());
        Assert.DoesNotContain(first.Text("token"), list.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync("DELETE", "/api/v1/invitations/" + second.Text("id"))).StatusCode);
        await (await owner.CallAsync("DELETE", "/api/v1/invitations/" + second.Text("id"))).ErrorAsync(HttpStatusCode.NotFound, "invitation_not_found");

        using var guest = new Browser(gateway.Address);
        await RefusedAsync(second.Text("token"));
        await guest.EnterAsync("/api/v1/invitations/accept", new { token = first.Text("token"), email = "chosen@example.com", name = "A", password = Browser.OwnerPassword });
        Assert.Equal("a@example.com", (await guest.ReadAsync("/api/v1/session")).GetProperty("member").Text("email"));
        await RefusedAsync(first.Text("token"));

        async Task RefusedAsync(string token)
        {
            using var stranger = new Browser(gateway.Address);
            await (await stranger.CallAsync("POST", "/api/v1/invitations/accept", new { token, name = "A", password = Browser.OwnerPassword })).ErrorAsync(HttpStatusCode.NotFound, "invitation_not_found");
        }
    }

    [Fact]
    public async Task Members_of_two_accounts_never_see_each_other()
    {
        using var gateway = Browser.Gateway();
        using var owner = await Browser.OwnerAsync(gateway);
        var session = await owner.ReadAsync("/api/v1/session");
        string[] ids =
        [
            session.Text("id"), session.GetProperty("member").Text("id"),
            (await owner.EnterAsync("/api/v1/invitations", new { email = "a@example.com", role = "viewer" })).Text("id"),
            (await owner.EnterAsync("/api/v1/keys", new { name = "mine" })).Text("id"),
            (await owner.EnterAsync("/api/v1/proxy", new { provider = "openai", api_key = ManagementGateway.ProviderSecret })).Text("id"),
            (await gateway.RecordedScanAsync("How do I descale a kettle?")).Text("id"),
        ];
        var account = await gateway.Get<AccountStore>().CreateAsync("other", AccountSettings.Default, "system", TestContext.Current.CancellationToken);
        await gateway.Get<MemberStore>().CreateOwnerAsync(account, "other@example.com", Browser.OwnerPassword, TestContext.Current.CancellationToken);
        using var other = new Browser(gateway.Address);
        await other.EnterAsync("/api/v1/session", new { email = "other@example.com", password = Browser.OwnerPassword });

        foreach (var route in gateway.Routes())
        {
            if (route.RoutePattern.Parameters.Count > 0)
            {
                foreach (var id in ids)
                {
                    var answer = await other.CallAsync(route.Method(), route.Address(id), new { name = "a" });
                    Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{route.DisplayName} gave {answer.StatusCode}");
                }
            }
            else if (route.Method() == "GET")
            {
                var text = await (await other.CallAsync("GET", route.Address())).Content.ReadAsStringAsync();
                Assert.All(ids, id => Assert.DoesNotContain(id, text, StringComparison.Ordinal));
            }
        }

        Assert.Equal(["other@example.com"], (await other.ReadAsync("/api/v1/members")).Texts("email"));
        Assert.Equal(session.GetRawText(), (await owner.ReadAsync("/api/v1/session")).GetRawText());
    }

    [GeneratedRegex("\"token\":\"(?<token>[A-Za-z0-9_-]{43})\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
