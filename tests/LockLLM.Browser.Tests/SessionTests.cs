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
}
