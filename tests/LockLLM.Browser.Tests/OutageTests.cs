using LockLLM.Gateway.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

/// <summary>A database that goes away under somebody who is signed in, and comes back.</summary>
public sealed class OutageTests(SystemBrowser browser) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_says_so_tells_its_request_id_and_is_there_at_the_next_try()
    {
        // Without a pool each question opens the file anew.
        var file = Path.Combine(_folder.Path, "outage.db");
        using var gateway = await GatewayProcess.StartAsync(
            "--LockLLM:DataDirectory=" + _folder.Path, "--LockLLM:Database:ConnectionString=Data Source=" + file + ";Pooling=False",
            "--LockLLM:Bootstrap:OwnerEmail=" + RunningDashboard.OwnerEmail, "--LockLLM:Bootstrap:OwnerPassword=" + RunningDashboard.Password);
        await using var tab = await browser.OpenAsync(gateway.Address.ToString().TrimEnd('/'));
        tab.Allow("503");
        await tab.SignInAsync(path: "/dashboard/events?safe=false");

        File.Move(file, file + ".away");
        Directory.CreateDirectory(file);
        var answer = await tab.Page.GotoAsync("/dashboard/events?safe=false");
        Assert.Equal(503, answer!.Status);
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("The database does not answer");
        await Expect(tab.Page).ToHaveTitleAsync("No database · LockLLM");
        Assert.Empty(await tab.AccessibilityAsync(browser.Axe));
        await tab.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Copy" }).ClickAsync();
        var id = await answer.HeaderValueAsync("X-Request-Id");
        await Expect(tab.Page.Locator("code")).ToHaveTextAsync(id!);
        Assert.Equal(id, await tab.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));

        Directory.Delete(file);
        File.Move(file + ".away", file);
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Try again" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Events");
        Assert.EndsWith("/dashboard/events?safe=false", tab.Page.Url, StringComparison.Ordinal);
        await tab.AssertCleanAsync();
    }
}
