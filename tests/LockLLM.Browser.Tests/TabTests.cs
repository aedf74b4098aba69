namespace LockLLM.Browser.Tests;

/// <summary>The watch over a tab itself: without it every test here would pass.</summary>
public sealed class TabTests(RunningDashboard gateway, SystemBrowser browser) : IClassFixture<RunningDashboard>
{
    [Theory]
    [InlineData("document.head.append(Object.assign(document.createElement('style'), { textContent: 'a { color: red }' }))", "policy: style-src")]
    [InlineData("console.error('a fault')", "console: a fault")]
    [InlineData("setTimeout(() => { throw new Error('a fault'); })", "error: ")]
    [InlineData("await fetch('/nowhere')", "status: 404")]
    [InlineData("setTimeout(() => alert('a fault'))", "dialog: a fault")]
    public async Task What_goes_wrong_in_a_page_is_told(string script, string fault)
    {
        await using var tab = await OpenAsync();
        await tab.Page.EvaluateAsync("async () => { " + script + " }");
        await AssertToldAsync(tab, fault);
    }

    [Fact]
    public async Task What_went_wrong_is_told_though_the_page_was_left()
    {
        await using var tab = await OpenAsync();
        await tab.Page.EvaluateAsync("() => { __canary(); location.reload(); }");
        await AssertToldAsync(tab, "script of a stranger ran");
    }

    private async Task<Tab> OpenAsync()
    {
        var tab = await browser.OpenAsync(gateway.Base);
        await tab.Page.GotoAsync("/");
        await tab.AssertCleanAsync();
        return tab;
    }

    private static async Task AssertToldAsync(Tab tab, string fault)
    {
        // Each look is a question to the browser, which may tell of a fault only after it.
        Exception? told = null;
        for (var looks = 0; told is null && looks < 2000; looks++)
        {
            told = await Record.ExceptionAsync(tab.AssertCleanAsync);
        }

        Assert.NotNull(told);
        Assert.Contains(fault, told.Message, StringComparison.Ordinal);
    }
}
