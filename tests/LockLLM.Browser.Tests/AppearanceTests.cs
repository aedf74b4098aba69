using System.IO.Compression;
using Microsoft.Playwright;

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
        await LookAsync(tab, "/", isDark, width, problems);
        await tab.SignInAsync();
        var pages = (await tab.ListPagesAsync()).ToList();
        await tab.VisitAsync("/dashboard/events?safe=false");
        var open = await tab.Page.Locator("tbody tr[data-row] a").First.GetAttributeAsync("href");
        foreach (var path in (string[])[.. pages, "/dashboard/events?safe=false&model=none-such", open!])
        {
            await tab.VisitAsync(path);
            await LookAsync(tab, path, isDark, width, problems);
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        await tab.AssertCleanAsync();
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

    private async Task LookAsync(Tab tab, string path, bool isDark, int width, List<string> problems)
    {
        var name = path == "/" ? "sign-in" : path.Contains("event=", StringComparison.Ordinal) ? "events-open" : path.Contains("none-such", StringComparison.Ordinal) ? "events-none"
            : path == "/dashboard" ? "overview" : path["/dashboard/".Length..].Split('?')[0].Replace('/', '-');
        await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures(), $"{name}-{(isDark ? "dark" : "light")}-{width}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        problems.AddRange((await tab.AccessibilityAsync(browser.Axe)).Select(found => $"{path} {(isDark ? "dark" : "light")} {width}: {found}"));
        if (await tab.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        {
            problems.Add($"{path} {width}: wider than the window");
        }
    }

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
