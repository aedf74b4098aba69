using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LockLLM.Browser.Tests;

/// <summary>What members do about members: their own sign-in, and that of others.</summary>
public sealed class PeopleTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    private const string NextPassword = "the violet canary moved 4418";

    [Fact]
    public async Task A_second_factor_is_switched_on_asked_for_stood_in_for_and_switched_off()
    {
        var email = await gateway.Owner.InviteAsync("Tom", "viewer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        var page = tab.Page;
        await tab.SignInAsync(email, path: "/dashboard/security");
        await tab.PressAsync("Set up");
        var secret = page.Locator("[data-totp-secret]");
        await Expect(secret).Not.ToBeEmptyAsync();
        await page.GetByLabel("Code that the app shows").FillAsync(CodeOf((await secret.TextContentAsync())!));
        await tab.PressAsync("Switch on");
        var codes = page.Locator("[data-secret-value]");
        await Expect(codes).Not.ToBeEmptyAsync();
        var code = (await codes.TextContentAsync())!.Split('\n')[0];
        await tab.PressAsync("Done");
        await Expect(page.Locator("[data-totp=on]")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();

        await using var elsewhere = await browser.OpenAsync(gateway.Base);
        // The password alone is answered with 401, and the form asks for the code.
        elsewhere.Allow("401");
        await elsewhere.Page.GotoAsync("/");
        await elsewhere.Page.GetByLabel("E-mail").FillAsync(email);
        await elsewhere.Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await elsewhere.PressAsync("Sign in");
        await elsewhere.Page.GetByLabel("Code of your authenticator").FillAsync(code);
        await elsewhere.PressAsync("Sign in");
        await elsewhere.Page.WaitForURLAsync("**/dashboard");
        await elsewhere.AssertCleanAsync();

        await tab.PressAsync("Switch off");
        await page.Locator("dialog[open]").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Switch off" }).ClickAsync();
        await Expect(page.Locator("[data-totp=off]")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_new_password_ends_other_sessions_and_so_does_signing_out_everywhere_else()
    {
        var email = await gateway.Owner.InviteAsync("Petra", "developer");
        await using var here = await browser.OpenAsync(gateway.Base);
        await using var there = await browser.OpenAsync(gateway.Base);
        await there.SignInAsync(email);
        await here.SignInAsync(email, path: "/dashboard/security");
        await here.VisitAsync("/dashboard/security");
        await here.PressAsync("Sign out everywhere else");
        await Expect(here.Page.Locator("[data-session]")).ToHaveCountAsync(1);
        await AssertSignedOutAsync(there);

        await there.SignInAsync(email);
        await here.Page.GetByLabel("New password").FillAsync(NextPassword);
        await here.PressAsync("Change the password");
        await Expect(here.Page.Locator("[data-toasts]")).ToContainTextAsync("Password changed");
        await AssertSignedOutAsync(there);
        await there.SignInAsync(email, NextPassword);
        await here.AssertCleanAsync();
        await there.AssertCleanAsync();
    }

    [Fact]
    public async Task A_role_is_changed_somebody_is_kept_out_and_an_invitation_is_withdrawn()
    {
        var email = await gateway.Owner.InviteAsync("Vera", "viewer");
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.SignInAsync(path: "/dashboard/members");
        await tab.VisitAsync("/dashboard/members");
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Vera" }).ClickAsync();
        await tab.Page.GetByLabel("Role").SelectOptionAsync("admin");
        await tab.PressAsync("Save");
        await Expect(tab.Page.Locator("dl.detail")).ToContainTextAsync("admin");
        await tab.Page.GetByLabel("May sign in").UncheckAsync();
        await tab.PressAsync("Save");
        await Expect(tab.Page.Locator("[data-toasts]")).ToContainTextAsync("Saved");

        await using var guest = await browser.OpenAsync(gateway.Base);
        guest.Allow("40");
        await guest.Page.GotoAsync("/");
        await guest.Page.GetByLabel("E-mail").FillAsync(email);
        await guest.Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(RunningDashboard.Password);
        await guest.PressAsync("Sign in");
        await Expect(guest.Page.Locator("[data-problem]")).Not.ToBeEmptyAsync();

        await gateway.Owner.CreateAsync("/api/v1/invitations", new { email = "nobody@example.com", role = "viewer" });
        await tab.VisitAsync("/dashboard/members");
        await tab.PressAsync("Withdraw the invitation of nobody@example.com");
        await Expect(tab.Page.Locator("main")).Not.ToContainTextAsync("nobody@example.com");
        await tab.AssertCleanAsync();
    }

    private static async Task AssertSignedOutAsync(Tab tab)
    {
        await tab.Page.GotoAsync("/dashboard");
        await Expect(tab.Page.GetByLabel("E-mail")).ToBeVisibleAsync();
    }

    /// <summary>As an authenticator app makes it, RFC 6238.</summary>
    /// <param name="shown">Base 32 in groups, as the page shows it.</param>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "What authenticator apps use.")]
    private static string CodeOf(string shown)
    {
        var bits = string.Concat(shown.Replace(" ", "", StringComparison.Ordinal).Select(static letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        var step = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(step, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        var mac = HMACSHA1.HashData(secret, step);
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(mac[^1] & 0xF)) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
