using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

public sealed class SessionTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    [Fact]
    public async Task After_signing_out_the_back_button_shows_nothing()
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync();
        await tab.VisitAsync("/dashboard/events");
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await Expect(tab.Page.GetByLabel("E-mail")).ToBeVisibleAsync();
        await tab.Page.GoBackAsync();
        await Expect(tab.Page.GetByLabel("E-mail")).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("body")).Not.ToContainTextAsync("req_");
        await Expect(tab.Page.Locator("body")).Not.ToContainTextAsync(RunningDashboard.OwnerName);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_session_that_ended_elsewhere_leads_to_the_form_and_back_to_the_page()
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync();
        await tab.Context.ClearCookiesAsync();
        await tab.Page.GotoAsync("/dashboard/events?safe=true");
        await Expect(tab.Page.GetByLabel("E-mail")).ToBeVisibleAsync();
        await tab.SignInAsync(path: tab.Page.Url);
        Assert.EndsWith("/dashboard/events?safe=true", tab.Page.Url, StringComparison.Ordinal);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_list_that_follows_says_when_the_session_is_over_and_leads_back_to_itself()
    {
        var email = await gateway.Owner.InviteAsync("Lea", "viewer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync(email, path: "/dashboard/events?safe=false");
        await Expect(tab.Page.Locator("[data-live]")).ToHaveAttributeAsync("data-state", "on");
        await EndSessionsAsync(email);
        var banner = tab.Page.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = "Your session is over" });
        await Expect(banner).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("[data-live]")).ToHaveTextAsync("Signed out");
        await banner.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Sign in again" }).ClickAsync();
        await AssertComesBackAsync(tab, email, "/dashboard/events?safe=false");
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task What_is_done_after_the_session_is_over_leads_to_the_form_and_back_to_the_page()
    {
        var email = await gateway.Owner.InviteAsync("Ole", "developer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        // The API refuses what comes without a session.
        tab.Allow("401");
        await tab.SignInAsync(email, path: "/dashboard/keys?show=all");
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create a key" }).ClickAsync();
        await tab.Page.Locator("#key-name").FillAsync("made too late");
        await EndSessionsAsync(email);
        await tab.PressAsync("Create");
        await AssertComesBackAsync(tab, email, "/dashboard/keys?show=all");
        await Expect(tab.Page.Locator("main")).Not.ToContainTextAsync("made too late");
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_link_that_is_followed_after_the_session_is_over_leads_to_the_form_and_on()
    {
        var email = await gateway.Owner.InviteAsync("Nils", "viewer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync(email);
        await EndSessionsAsync(email);
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Provider keys" }).ClickAsync();
        await AssertComesBackAsync(tab, email, "/dashboard/provider-keys");

        // An event is opened beside the list, without leaving it.
        await tab.VisitAsync("/dashboard/events");
        var row = tab.Page.Locator("tr[data-row]").First;
        var address = (await row.Locator("a").First.GetAttributeAsync("href"))!;
        await EndSessionsAsync(email);
        await row.ClickAsync();
        await AssertComesBackAsync(tab, email, address);
        await Expect(tab.Page.Locator("aside")).ToBeVisibleAsync();

        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task Whoever_signs_in_again_in_another_window_goes_on_in_this_one()
    {
        var email = await gateway.Owner.InviteAsync("Uma", "developer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        // What this page knows of the session before is refused once.
        tab.Allow("403");
        await tab.SignInAsync(email, path: "/dashboard/keys");
        await EndSessionsAsync(email);
        var second = await tab.Context.NewPageAsync();
        await second.GotoAsync("/dashboard/health");
        var form = second.Url;
        await second.GetByLabel("E-mail").FillAsync(email);
        await second.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await second.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
        await second.WaitForURLAsync("**/dashboard/health");

        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create a key" }).ClickAsync();
        await tab.Page.Locator("#key-name").FillAsync("from two windows");
        await tab.PressAsync("Create");
        await Expect(tab.Page.Locator("#create-key [data-problem]")).ToContainTextAsync("Load it again");
        await tab.Page.GotoAsync(form);
        Assert.EndsWith("/dashboard/health", tab.Page.Url, StringComparison.Ordinal);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_script_and_of_other_sites()
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync();
        var cookie = Assert.Single(await tab.Context.CookiesAsync());
        Assert.Equal((true, SameSiteAttribute.Strict, "/"), (cookie.HttpOnly, cookie.SameSite, cookie.Path));
        Assert.Equal("", await tab.Page.EvaluateAsync<string>("() => document.cookie"));
        var stored = await tab.Page.EvaluateAsync<string>("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)");
        Assert.DoesNotContain(cookie.Value, stored, StringComparison.Ordinal);
        Assert.DoesNotContain((await tab.Page.Locator("[data-csrf]").First.GetAttributeAsync("data-csrf"))!, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_walks_every_page_offered_and_is_refused_what_is_not_theirs()
    {
        var email = await gateway.Owner.InviteAsync("Vera", "viewer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync(email);
        // A page that is for others says so.
        tab.Allow("403");
        foreach (var path in await tab.ListPagesAsync())
        {
            var answer = await tab.Page.GotoAsync(path);
            Assert.True(answer!.Status is 200 or 403, $"{path}: {answer.Status}");
            await Expect(tab.Page.Locator("h1")).ToBeVisibleAsync();
            // Their own password is theirs.
            var foreign = path.EndsWith("/security", StringComparison.Ordinal) ? 0 : await tab.Page.Locator("main [data-call]:visible, main button[data-open]:visible").CountAsync();
            Assert.Equal(0, foreign);
        }

        // What a page hides, the gateway refuses as well.
        var status = await tab.Page.EvaluateAsync<int>(
            """
            async () => (await fetch('/api/v1/keys', {
              method: 'POST',
              headers: { 'Content-Type': 'application/json', 'X-LockLLM-CSRF-Token': document.querySelector('[data-csrf]').dataset.csrf },
              body: '{"name":"of a viewer"}',
            })).status
            """);
        Assert.Equal(403, status);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_passkey_is_added_signs_in_confirms_and_is_removed()
    {
        // Browsers give passkeys to names, not to addresses of numbers.
        var place = gateway.Base.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var email = await gateway.Owner.InviteAsync("Petra", "admin");
        await using var tab = await browser.OpenAsync(place);
        var page = tab.Page;
        var devices = await tab.Context.NewCDPSessionAsync(page);
        await devices.SendAsync("WebAuthn.enable");
        await devices.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true },
        });

        await tab.SignInAsync(email, path: "/dashboard/security");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Add a passkey" }).ClickAsync();
        var dialog = page.Locator("dialog[open]");
        await dialog.GetByLabel("Name", new LocatorGetByLabelOptions { Exact = true }).FillAsync("Laptop");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Go on" }).ClickAsync();
        var row = page.Locator("[data-passkey]");
        await Expect(row).ToContainTextAsync("Laptop");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Rename Laptop" }).ClickAsync();
        await dialog.GetByLabel("Name", new LocatorGetByLabelOptions { Exact = true }).FillAsync("Laptop at home");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Rename", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Laptop at home");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in with a passkey" }).ClickAsync();
        await page.WaitForURLAsync("**/dashboard");
        await tab.VisitAsync("/dashboard/security");
        await Expect(page.Locator("[data-session]").Filter(new LocatorFilterOptions { HasText = "this one" })).ToContainTextAsync("passkey");
        await row.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Remove Laptop at home" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Remove" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await tab.AssertCleanAsync();
    }

    private async Task EndSessionsAsync(string email)
    {
        using var elsewhere = new Member(gateway.Base);
        await elsewhere.EnterAsync("/api/v1/session", new { email, password = RunningDashboard.Password });
        await elsewhere.DeleteAsync("/api/v1/me/sessions");
    }

    /// <summary>The form says why it is there, and signing in leads back.</summary>
    private static async Task AssertComesBackAsync(Tab tab, string email, string address)
    {
        await Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new LocatorFilterOptions { HasText = "Your session is over" })).ToBeVisibleAsync();
        await tab.Page.GetByLabel("E-mail").FillAsync(email);
        await tab.Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await tab.PressAsync("Sign in");
        await tab.Page.WaitForURLAsync("**" + address);
    }
}
