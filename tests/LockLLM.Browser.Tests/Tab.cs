using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace LockLLM.Browser.Tests;

/// <summary>A tab that remembers whatever went wrong in it: console errors, uncaught errors, failed requests, violated policies, dialogs.</summary>
internal sealed class Tab : IAsyncDisposable
{
    // Runs in every document before its own scripts. The page cannot be told from what a user sees: nothing of it is changed.
    // What goes wrong is told at once: a document that is left takes along what it only noted.
    private const string Watch =
        """
        document.addEventListener('securitypolicyviolation', e => window.__fault(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
        window.__canary = () => window.__fault('script of a stranger ran');
        """;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly ConcurrentQueue<string> _allowed = [];

    private ICDPSession? _inspector;

    private Tab(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _faults.Enqueue($"console: {message.Text} {message.Location}");
            }
        };
        page.PageError += (_, error) => _faults.Enqueue("error: " + error);
        page.RequestFailed += (_, request) =>
        {
            // A document that is left stops loading what it was loading.
            if (request.Failure is not "net::ERR_ABORTED")
            {
                _faults.Enqueue($"failed: {request.Method} {request.Url} {request.Failure}");
            }
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _faults.Enqueue($"status: {response.Status} {response.Request.Method} {response.Url}");
            }
        };
        page.Dialog += (_, dialog) =>
        {
            _faults.Enqueue("dialog: " + dialog.Message);
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    public static async Task<Tab> OpenAsync(IBrowser browser, string address, bool isDark, int width, string? timezone)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 800 },
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = timezone,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        // A loaded machine is slow; what is wrong is told by the first look that fails.
        context.SetDefaultTimeout(60_000);
        var tab = new Tab(context, await context.NewPageAsync());
        await context.ExposeFunctionAsync<string>("__fault", tab._faults.Enqueue);
        await context.AddInitScriptAsync(Watch);
        return tab;
    }

    /// <summary>Fills in the form that a visitor sees, and waits for the page it leads to.</summary>
    public async Task SignInAsync(string email = RunningDashboard.OwnerEmail, string password = RunningDashboard.Password, string path = "/")
    {
        await Page.GotoAsync(path);
        await Page.GetByLabel("E-mail").FillAsync(email);
        await Page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(password);
        await PressAsync("Sign in");
        await Page.WaitForURLAsync("**/dashboard**");
    }

    public Task PressAsync(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true }).ClickAsync();

    /// <summary>Goes to a page that must be there.</summary>
    public async Task VisitAsync(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.Equal(200, answer!.Status);
        await AssertCleanAsync();
    }

    /// <summary>The pages that the shell offers to whoever is signed in.</summary>
    public async Task<IReadOnlyList<string>> ListPagesAsync() =>
        await Page.EvaluateAsync<string[]>("() => [...new Set([...document.querySelectorAll('nav a[href^=\"/dashboard\"]')].map(a => a.getAttribute('href').split(/[?#]/)[0]))]");

    /// <summary>Serious and critical findings of axe on what is shown, one line each.</summary>
    /// <param name="rule">The only one to look for, if any.</param>
    public async Task<IReadOnlyList<string>> AccessibilityAsync(string axe, string? rule = null)
    {
        await Page.EvaluateAsync(axe + ";0");
        var found = await Page.EvaluateAsync<JsonElement>(
            """
            async rule => (await axe.run(document, { resultTypes: ['violations'], ...(rule ? { runOnly: [rule] } : {}) })).violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target} ${n.any.map(a => a.message).join(' ')} ${n.html.slice(0, 160)}`))
            """,
            rule);
        return [.. found.EnumerateArray().Select(static line => line.GetString()!)];
    }

    /// <summary>Puts everything that can be pointed at or pressed into a state, as if the mouse were on each at once.</summary>
    public async Task ForceAsync(params string[] states)
    {
        if (_inspector is null)
        {
            _inspector = await _context.NewCDPSessionAsync(Page);
            await _inspector.SendAsync("DOM.enable");
            await _inspector.SendAsync("CSS.enable");
        }

        var document = await _inspector.SendAsync("DOM.getDocument", new Dictionary<string, object> { ["depth"] = 0 });
        var nodes = await _inspector.SendAsync("DOM.querySelectorAll", new Dictionary<string, object>
        {
            ["nodeId"] = document!.Value.GetProperty("root").GetProperty("nodeId").GetInt32(),
            ["selector"] = "a, button, summary, input, select, textarea, label, tbody tr, li",
        });
        foreach (var node in nodes!.Value.GetProperty("nodeIds").EnumerateArray())
        {
            await _inspector.SendAsync("CSS.forcePseudoState", new Dictionary<string, object> { ["nodeId"] = node.GetInt32(), ["forcedPseudoClasses"] = states });
        }
    }

    /// <summary>Faults whose text holds this are part of the test: a page that answers 403 on purpose says so in the console.</summary>
    public void Allow(string part) => _allowed.Enqueue(part);

    /// <summary>Nothing went wrong up to now.</summary>
    public async Task AssertCleanAsync()
    {
        // The answer comes after all that the page told before; unlike an evaluation it may meet a page on its way to the next.
        await Assertions.Expect(Page.Locator("html")).ToBeAttachedAsync();
        string[] faults = [.. _faults.Where(fault => !_allowed.Any(part => fault.Contains(part, StringComparison.Ordinal)))];
        Assert.True(faults.Length == 0, $"{Page.Url}:\n{string.Join('\n', faults)}");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
