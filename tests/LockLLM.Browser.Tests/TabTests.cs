namespace LockLLM.Browser.Tests;

/// <summary>The watch over a tab itself: without it every test here would pass.</summary>
public sealed class TabTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    [Theory]
    [InlineData("__canary()", "stranger")]
    [InlineData("document.head.append(Object.assign(document.createElement('style'), { textContent: 'a { color: red }' }))", "policy: style-src")]
    [InlineData("console.error('a fault')", "console: a fault")]
    [InlineData("setTimeout(() => { throw new Error('a fault'); })", "error: ")]
    [InlineData("fetch('/nowhere')", "status: 404")]
    [InlineData("setTimeout(() => alert('a fault'))", "dialog: a fault")]
    public async Task What_goes_wrong_is_told_though_the_page_was_left_since(string script, string fault)
    {
        await using var tab = await browser.OpenAsync(gateway.Base);
        await tab.Page.GotoAsync("/");
        await tab.AssertCleanAsync();
        await tab.Page.EvaluateAsync("() => new Promise(done => { " + script + "; setTimeout(done, 200); })");
        await tab.Page.ReloadAsync();
        var found = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(tab.AssertCleanAsync);
        Assert.Contains(fault, found.Message, StringComparison.Ordinal);
    }
}
