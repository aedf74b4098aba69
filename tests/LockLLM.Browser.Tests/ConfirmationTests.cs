using LockLLM.Gateway.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

/// <summary>Secrets are made only shortly after the password was given; a while later the page asks for it.</summary>
public sealed class ConfirmationTests(SystemBrowser browser) : IDisposable
{
    // The shortest that a gateway allows.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_password_is_asked_for_again_and_what_was_asked_for_goes_on()
    {
        using var gateway = await GatewayProcess.StartAsync(
            "--LockLLM:DataDirectory=" + _folder.Path, "--LockLLM:Bootstrap:OwnerEmail=" + RunningDashboard.OwnerEmail, "--LockLLM:Bootstrap:OwnerPassword=" + RunningDashboard.Password,
            "--LockLLM:Members:ConfirmationLifetime=" + s_lifetime);
        await using var tab = await browser.OpenAsync(gateway.Address.ToString().TrimEnd('/'));
        // The API refuses at first, and a wrong password.
        tab.Allow("403");
        tab.Allow("401");
        var page = tab.Page;
        await tab.SignInAsync(path: "/dashboard/keys");
        await page.EvaluateAsync("wait => new Promise(done => setTimeout(done, wait))", s_lifetime.TotalMilliseconds + 1000);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Create a key" }).ClickAsync();
        await page.Locator("#key-name").FillAsync("after a pause");
        await tab.PressAsync("Create");
        var dialog = page.Locator("dialog[data-confirm-password]");
        await Expect(dialog).ToBeVisibleAsync();
        await dialog.GetByLabel("Password", new LocatorGetByLabelOptions { Exact = true }).FillAsync("not the password");
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Confirm" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = "." }).First).ToBeVisibleAsync();
        await dialog.GetByLabel("Password", new LocatorGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Confirm" }).ClickAsync();
        await Expect(page.Locator("[data-secret-value]")).ToContainTextAsync("llm_");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Done" }).ClickAsync();
        await Expect(page.Locator("tbody")).ToContainTextAsync("after a pause");
        await tab.AssertCleanAsync();
    }

    public void Dispose() => _folder.Dispose();
}
