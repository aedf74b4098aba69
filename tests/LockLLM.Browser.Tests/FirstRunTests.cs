using System.Text.RegularExpressions;
using LockLLM.Gateway.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

public sealed partial class FirstRunTests(SystemBrowser browser) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_link_on_the_console_leads_to_an_owner_a_choice_a_key_and_the_first_request()
    {
        using var gateway = await GatewayProcess.StartAsync("--LockLLM:DataDirectory=" + _folder.Path);
        await using var tab = await browser.OpenAsync(gateway.Address.ToString().TrimEnd('/'));
        var page = tab.Page;
        var link = PrintedLink().Match(gateway.Output).Value;
        Assert.NotEqual("", link);
        await page.GotoAsync(link);
        await page.GetByLabel("E-mail").FillAsync("first@example.com");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("First");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Join" }).ClickAsync();
        await page.WaitForURLAsync("**/dashboard/start");

        await page.Locator("input[name=default_scan_action][value=allow_with_warning]").CheckAsync();
        await page.Locator("[data-step-action] button").ClickAsync();
        await Expect(page.Locator("[data-step-action]")).ToHaveClassAsync(Done());

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create key" }).ClickAsync();
        await Expect(page.Locator("[data-step-key]")).ToHaveClassAsync(Done());
        var key = (await page.Locator("[data-key]").TextContentAsync())!;
        foreach (var snippet in await page.Locator("[data-snippet]").AllTextContentsAsync())
        {
            Assert.Contains(key, snippet, StringComparison.Ordinal);
        }

        // The snippet for the shell, as a shell runs it.
        await Expect(page.Locator("[data-step-request]")).Not.ToHaveClassAsync(Done());
        using var shell = System.Diagnostics.Process.Start("bash", ["-c", (await page.Locator("#snippet-curl").TextContentAsync())! + " -s -o /dev/null"]);
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        await Expect(page.Locator("[data-step-request]")).ToHaveClassAsync(Done());
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "See it among the events" }).ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("req_");
        await tab.AssertCleanAsync();

        // The link was good once.
        tab.Allow("40");
        await page.GotoAsync("/");
        await page.GotoAsync(link);
        await page.GetByLabel("E-mail").FillAsync("second@example.com");
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync("Second");
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Join" }).ClickAsync();
        await Expect(page.Locator("[data-problem]")).Not.ToBeEmptyAsync();
        Assert.EndsWith("/join", page.Url, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"/join\?owner#[\w-]+")]
    private static partial Regex PrintedLink();

    [GeneratedRegex(@"\bdone\b")]
    private static partial Regex Done();
}
