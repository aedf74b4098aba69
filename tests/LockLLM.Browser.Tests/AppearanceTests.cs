using System.IO.Compression;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

/// <summary>Every page in light and dark, wide and narrow: looked at by axe, and kept as a picture under artifacts/screenshots.</summary>
public sealed class AppearanceTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    private const int MaxScriptBytes = 250 * 1024;

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Pages_are_accessible_and_fit_the_window(bool isDark, int width)
    {
        await using var tab = await browser.OpenAsync(gateway.Base, isDark, width);
        var problems = new List<string>();
        await tab.Page.GotoAsync("/");
        await LookAsync("sign-in");
        await tab.SignInAsync();
        foreach (var path in await tab.ListPagesAsync())
        {
            await tab.VisitAsync(path);
            await LookAsync(path == "/dashboard" ? "overview" : path[(path.LastIndexOf('/') + 1)..]);
        }

        await tab.VisitAsync("/dashboard/events?safe=false&model=none-such");
        await LookAsync("events-none");
        await tab.VisitAsync("/dashboard/events?safe=false");
        await tab.VisitAsync((await tab.Page.Locator("tbody tr[data-row] a").First.GetAttributeAsync("href"))!);
        await LookAsync("events-open");
        foreach (var (list, name) in ((string, string)[])[("keys", "key"), ("proxy", "provider-key"), ("members", "member")])
        {
            await tab.VisitAsync($"/dashboard/{(list == "proxy" ? "provider-keys" : list)}/{(await gateway.Owner.ReadAsync("/api/v1/" + list))[0].GetProperty("id").GetString()}");
            await LookAsync(name);
        }

        await tab.VisitAsync("/dashboard/keys");
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create a key" }).ClickAsync();
        await LookAsync("keys-create");
        await tab.VisitAsync("/dashboard/playground");
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Base64" }).ClickAsync();
        await Expect(tab.Page.Locator("[data-marked] mark").First).ToBeVisibleAsync();
        await LookAsync("playground-verdict");
        await tab.Page.Keyboard.PressAsync("Control+k");
        await Expect(tab.Page.Locator("[data-palette] [role=option]").First).ToBeVisibleAsync();
        await LookAsync("palette");
        await tab.VisitAsync("/dashboard");
        if (await tab.Page.Locator("[data-menu]").IsVisibleAsync())
        {
            await tab.Page.Locator("[data-menu]").ClickAsync();
            await LookAsync("menu");
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        await tab.AssertCleanAsync();

        async Task LookAsync(string name)
        {
            await tab.Page.EvaluateAsync("() => scrollTo(0, 0)");
            var picture = $"{name}-{(isDark ? "dark" : "light")}-{width}";
            await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures(), picture + ".png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
            problems.AddRange((await tab.AccessibilityAsync(browser.Axe)).Select(found => $"{picture}: {found}"));
            if (await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))
            {
                problems.Add(picture + ": wider than the window");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_pointed_at_focused_or_pressed_stays_legible(bool isDark)
    {
        await using var tab = await browser.OpenAsync(gateway.Base, isDark);
        await tab.SignInAsync();
        var key = (await gateway.Owner.ReadAsync("/api/v1/keys"))[0].GetProperty("id").GetString();
        var providerKey = (await gateway.Owner.ReadAsync("/api/v1/proxy"))[0].GetProperty("id").GetString();
        var problems = new List<string>();
        var looked = 0;
        foreach (var path in (string[])[.. await tab.ListPagesAsync(), "/dashboard/keys/" + key, "/dashboard/provider-keys/" + providerKey])
        {
            await tab.VisitAsync(path);
            var danger = tab.Page.Locator("button.danger:visible").First;
            var before = await danger.CountAsync() > 0 ? await BackgroundAsync(danger) : null;
            foreach (var state in (string[])["hover", "focus", "active"])
            {
                await tab.ForceAsync(state == "hover" ? ["hover"] : ["hover", "focus", "focus-visible", state]);
                problems.AddRange((await tab.AccessibilityAsync(browser.Axe, "color-contrast")).Select(found => $"{path} {state}: {found}"));
            }

            // The states are really there, and what is dangerous does not turn into something else.
            if (before is not null)
            {
                var after = await BackgroundAsync(danger);
                Assert.NotEqual(before, after);
                Assert.NotEqual(await BackgroundAsync(tab.Page.Locator("main button:not(.quiet):not(.danger):visible").First), after);
                looked++;
            }
        }

        Assert.True(looked >= 2, "No dangerous button was seen.");
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public async Task A_page_loads_little_script_and_everything_from_the_gateway()
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync();
        foreach (var path in await tab.ListPagesAsync())
        {
            var loaded = new List<IResponse>();
            void Remember(object? sender, IResponse response) => loaded.Add(response);
            tab.Page.Response += Remember;
            await tab.Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
            tab.Page.Response -= Remember;
            Assert.All(loaded, response => Assert.StartsWith(gateway.Base, response.Url, StringComparison.Ordinal));
            var bytes = 0L;
            foreach (var script in loaded.Where(static response => response.Request.ResourceType == "script"))
            {
                // Asked for again, since the browser may have it already.
                bytes += Zipped(await (await tab.Page.APIRequest.GetAsync(script.Url)).BodyAsync());
            }

            Assert.InRange(bytes, 1, MaxScriptBytes);
        }
    }

    private static Task<string> BackgroundAsync(ILocator part) => part.EvaluateAsync<string>("part => getComputedStyle(part).backgroundColor");

    private static long Zipped(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return zipped.Length;
    }

    private static string Pictures([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "artifacts", "screenshots");
}
