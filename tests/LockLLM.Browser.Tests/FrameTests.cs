using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

/// <summary>What every page has around it.</summary>
public sealed class FrameTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    [Fact]
    public async Task The_palette_leads_to_pages_keys_and_requests()
    {
        await using var tab = await OpenAsync();
        var palette = tab.Page.Locator("dialog[data-palette]");
        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("audit");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/dashboard/audit");

        await tab.Page.GetByTitle("Go to a page, key or request").ClickAsync();
        await tab.Page.Keyboard.TypeAsync("bootstrap");
        await Expect(palette.GetByRole(AriaRole.Option).Filter(new LocatorFilterOptions { HasText = "API key" })).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/dashboard/keys/key_*");

        var request = (await gateway.Owner.ReadAsync("/api/v1/logs?limit=5"))[3].GetProperty("request_id").GetString()!;
        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync(request);
        await Expect(palette.GetByRole(AriaRole.Option).First).ToContainTextAsync(request);
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/dashboard/events?*");
        await Expect(tab.Page.Locator("main")).ToContainTextAsync(request);

        await tab.Page.Keyboard.PressAsync("Control+k");
        await Expect(palette).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(palette).ToBeHiddenAsync();
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task What_was_chosen_in_the_palette_stays_chosen_when_keys_and_requests_come_late()
    {
        await using var tab = await OpenAsync();
        var late = await HoldBackAsync(tab, "**/api/v1/{keys,logs?limit=30}");
        var options = tab.Page.Locator("[data-palette] [role=option]");
        var chosen = tab.Page.Locator("[data-palette] [aria-selected=true]");
        await tab.Page.Keyboard.PressAsync("Control+k");
        await tab.Page.Keyboard.TypeAsync("key");
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(chosen).ToHaveTextAsync("Provider keyspage");
        var before = await options.CountAsync();
        late.SetResult();
        await Expect(options).Not.ToHaveCountAsync(before);
        await Expect(chosen).ToHaveTextAsync("Provider keyspage");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.WaitForURLAsync("**/dashboard/provider-keys");
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_press_that_comes_before_the_scripts_waits_for_them()
    {
        await using var tab = await OpenAsync();
        var late = await HoldBackAsync(tab, "**/assets/call.js");
        await tab.Page.GotoAsync("/dashboard/keys", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        await tab.PressAsync("Create a key");
        await tab.PressAsync("Create a key");
        var dialog = tab.Page.Locator("#create-key");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(tab.Page.Locator("[aria-busy]")).ToHaveTextAsync("Create a key");
        late.SetResult();
        await Expect(dialog).ToBeVisibleAsync();
        await Expect(tab.Page.Locator("[aria-busy]")).ToHaveCountAsync(0);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_theme_is_kept_by_the_browser_and_the_system_has_its_say_again()
    {
        await using var tab = await OpenAsync();
        var button = tab.Page.Locator("[data-theme-next]");
        var system = await BackgroundAsync(tab);
        await button.ClickAsync();
        await button.ClickAsync();
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await tab.Page.ReloadAsync();
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.NotEqual(system, await BackgroundAsync(tab));
        await button.ClickAsync();
        Assert.Equal(system, await BackgroundAsync(tab));
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_question_mark_shows_the_keys_and_is_text_in_a_field()
    {
        await using var tab = await OpenAsync("/dashboard/events");
        var help = tab.Page.Locator("dialog[data-help]");
        await tab.Page.Keyboard.PressAsync("/");
        await tab.Page.Keyboard.PressAsync("?");
        await Expect(help).ToBeHiddenAsync();
        Assert.Equal("?", await tab.Page.Locator("[name=request_id]").InputValueAsync());
        await tab.Page.Keyboard.PressAsync("Escape");
        await tab.Page.Keyboard.PressAsync("?");
        await Expect(help).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Expect(help).ToBeHiddenAsync();
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task Times_are_local_with_utc_on_hover()
    {
        await using var tab = await OpenAsync("/dashboard/events");
        var time = tab.Page.Locator("tbody time").First;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", await time.GetAttributeAsync("title"));
        Assert.Equal(await time.GetAttributeAsync("title"), await time.GetAttributeAsync("datetime"));
        var local = await time.EvaluateAsync<string>("time => new Date(time.dateTime).toLocaleTimeString(undefined, { minute: '2-digit', second: '2-digit' })");
        Assert.Contains(local, await time.TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_phone_the_menu_opens_and_leads_on()
    {
        await using var tab = await browser.OpenAsync(gateway.Base, width: 390);
        await tab.SignInAsync();
        var link = tab.Page.Locator("nav [data-page=keys]");
        await Expect(link).ToBeHiddenAsync();
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Menu" }).ClickAsync();
        await link.ClickAsync();
        await tab.Page.WaitForURLAsync("**/dashboard/keys");
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task Nothing_moves_for_whoever_asked_for_less_motion()
    {
        const string Moving =
            """
            () => [...document.querySelectorAll('*')].flatMap(part => [getComputedStyle(part), getComputedStyle(part, '::before')])
              .filter(style => style.animationName !== 'none' || style.transitionDuration !== '0s').length
            """;
        await using var tab = await OpenAsync("/dashboard/events");
        await Expect(tab.Page.Locator("[data-live]")).ToHaveAttributeAsync("data-state", "on");
        await tab.Page.Locator("tr[data-row]").First.ClickAsync();
        await Expect(tab.Page.Locator("aside")).ToBeVisibleAsync();
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>(Moving));
        await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ReducedMotion = ReducedMotion.NoPreference });
        Assert.NotEqual(0, await tab.Page.EvaluateAsync<int>(Moving));
    }

    [Fact]
    public async Task Figures_that_are_no_longer_fresh_say_so_until_they_are()
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        // What is asked for while there is no network.
        tab.Allow("ERR_INTERNET_DISCONNECTED");
        await tab.Page.Clock.InstallAsync();
        await tab.SignInAsync();
        await tab.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var stale = tab.Page.Locator("[data-stale]");
        await Expect(stale).ToBeHiddenAsync();
        await tab.Context.SetOfflineAsync(true);
        await tab.Page.Clock.RunForAsync(16_000);
        await Expect(stale).ToContainTextAsync("These figures are of");
        await Expect(tab.Page.Locator("[data-figure=requests]")).ToBeVisibleAsync();
        await tab.Context.SetOfflineAsync(false);
        await tab.Page.Clock.RunForAsync(16_000);
        await Expect(stale).ToBeHiddenAsync();
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_moment_of_a_filter_is_edited_in_local_time_and_stands_in_the_address_in_utc()
    {
        await using var tab = await browser.OpenAsync(gateway.Base, timezone: "Asia/Kolkata");
        await tab.SignInAsync(path: "/dashboard/events?start_date=2026-03-01T12:00:00Z&model=gpt-4o");
        var from = tab.Page.GetByLabel("From", new PageGetByLabelOptions { Exact = true });
        await Expect(from).ToHaveValueAsync("2026-03-01T17:30");
        await from.FillAsync("2026-03-02T05:30");
        await tab.PressAsync("Filter");
        await tab.Page.WaitForURLAsync("**start_date=2026-03-02*");
        var query = System.Web.HttpUtility.ParseQueryString(new Uri(tab.Page.Url).Query);
        Assert.Equal(["2026-03-02T00:00:00.000Z", "gpt-4o"], query.AllKeys.Order(StringComparer.Ordinal).Reverse().Select(name => query[name]));
        await Expect(from).ToHaveValueAsync("2026-03-02T05:30");
        await tab.AssertCleanAsync();
    }

    private async Task<Tab> OpenAsync(string path = "/")
    {
        var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync(path: path);
        await tab.Page.WaitForLoadStateAsync();
        return tab;
    }

    /// <summary>What a page asks for at such addresses waits until the result is set.</summary>
    private static async Task<TaskCompletionSource> HoldBackAsync(Tab tab, string addresses)
    {
        var late = new TaskCompletionSource();
        await tab.Page.RouteAsync(addresses, async route =>
        {
            await late.Task;
            await route.ContinueAsync();
        });
        return late;
    }

    private static Task<string> BackgroundAsync(Tab tab) => tab.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
