using System.Net;
using System.Text.RegularExpressions;
using LockLLM.Gateway.Management;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Tests.Management;
using LockLLM.Gateway.Tests.Members;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Dashboard;

/// <summary>The pages on which something is managed, as the server makes them.</summary>
public sealed partial class ManagementPagesTests : IDisposable
{
    private const string Payload = "\"><img src=x onerror=alert(1)>'</textarea><script>alert(2)</script>";

    private readonly ManagementGateway _gateway = Browser.Gateway();

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("viewer")]
    [InlineData("developer")]
    [InlineData("admin")]
    [InlineData("owner")]
    public async Task No_page_offers_what_its_visitor_may_not_do(string role)
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var pages = await PagesAsync(owner);
        using var visitor = await owner.InviteAsync("visitor@example.com", role);
        var level = Enum.Parse<Role>(role, ignoreCase: true);
        var offered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var page in pages)
        {
            foreach (var call in CallsOf(await HtmlAsync(visitor, page)))
            {
                offered.Add(call);
                var route = RouteOf(call);
                Assert.True(route.Metadata.GetRequiredMetadata<RequiredRole>().Role <= level, $"{page} offers {call} to a {role}");
            }
        }

        // A page without any button would pass as well.
        Assert.Contains("PUT /api/v1/me/password", offered);
        Assert.Equal(level >= Role.Developer, offered.Contains("POST /api/v1/keys"));
        Assert.Equal(level >= Role.Developer, offered.Contains("POST /api/v1/proxy"));
        Assert.Equal(level >= Role.Admin, offered.Contains("PUT /api/v1/settings"));
        Assert.Equal(level >= Role.Admin, offered.Contains("POST /api/v1/invitations"));
        Assert.Equal(level >= Role.Admin, offered.Contains("GET /api/v1/audit/status"));
    }

    [Fact]
    public async Task Every_field_has_a_label_and_every_description_is_there()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        foreach (var page in (await PagesAsync(owner)).Append(Gateway.Dashboard.DashboardPages.Join))
        {
            var html = await HtmlAsync(owner, page);
            Assert.Equal(Ids().Count(html), Ids().Matches(html).Select(static match => match.Groups["id"].Value).Distinct(StringComparer.Ordinal).Count());
            var ids = Ids().Matches(html).Select(static match => match.Groups["id"].Value).ToHashSet(StringComparer.Ordinal);
            foreach (Match field in Fields().Matches(html))
            {
                var id = Ids().Match(field.Value);
                var isLabelled = id.Success ? html.Contains($"for=\"{id.Groups["id"].Value}\"", StringComparison.Ordinal) : IsInsideLabel(html, field.Index);
                Assert.True(isLabelled || field.Value.Contains(" hidden", StringComparison.Ordinal), $"{page}: {field.Value}");
            }

            foreach (var described in Described().Matches(html).SelectMany(static match => match.Groups["ids"].Value.Split(' ')))
            {
                Assert.Contains(described, ids);
            }
        }
    }

    [Fact]
    public async Task What_people_called_things_stays_text()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        await owner.EnterAsync("/api/v1/keys", new { name = Payload });
        await owner.EnterAsync("/api/v1/proxy", new { provider = "openai", api_key = ManagementGateway.ProviderSecret, nickname = Payload.Replace(" ", "/", StringComparison.Ordinal) });
        var invitation = await owner.EnterAsync("/api/v1/invitations", new { email = "guest@example.com", role = "viewer" });
        using var guest = new Browser(_gateway.Address);
        await guest.EnterAsync("/api/v1/invitations/accept", new { token = invitation.Text("token"), name = Payload, password = Browser.OwnerPassword });
        var shown = 0;
        foreach (var page in (await PagesAsync(owner)).Append("/dashboard/keys?q=" + Uri.EscapeDataString(Payload)).Append("/dashboard/audit?action=" + Uri.EscapeDataString(Payload)))
        {
            var html = await HtmlAsync(owner, page);
            shown += html.Contains("onerror=alert(1)", StringComparison.Ordinal) ? 1 : 0;
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
            Assert.DoesNotMatch("<[^>]* on[a-z]+=[\"']?(?!alert)", html);
        }

        Assert.True(shown >= 6, $"shown on {shown} pages");
        Assert.Contains("&lt;script&gt;", await HtmlAsync(guest, "/dashboard/members"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_on_no_page()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var key = (await owner.EnterAsync("/api/v1/keys", new { name = "shop" })).Text("key");
        await owner.EnterAsync("/api/v1/proxy", new { provider = "openai", api_key = ManagementGateway.ProviderSecret });
        var token = (await owner.EnterAsync("/api/v1/invitations", new { email = "guest@example.com", role = "viewer" })).Text("token");
        foreach (var page in await PagesAsync(owner))
        {
            var html = await HtmlAsync(owner, page);
            Assert.All((string[])[key, ManagementGateway.ProviderSecret, token, GatewayFactory.Key], secret => Assert.DoesNotContain(secret, html, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/dashboard/keys/key_nobody")]
    [InlineData("/dashboard/provider-keys/pk_nobody")]
    [InlineData("/dashboard/members/mem_nobody")]
    public async Task What_does_not_exist_is_a_page_that_says_so(string path)
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var answer = await owner.CallAsync("GET", path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<h1>No such", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_trail_is_for_administrators_and_says_so()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        using var developer = await owner.InviteAsync("dev@example.com", "developer");
        var answer = await developer.CallAsync("GET", "/dashboard/audit");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain("member.signed_in", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var html = await HtmlAsync(owner, "/dashboard/audit?action=member.created");
        Assert.Contains("member.created", html, StringComparison.Ordinal);
        Assert.DoesNotContain("member.signed_in", html, StringComparison.Ordinal);
        Assert.Contains("These filters cannot be used", await HtmlAsync(owner, "/dashboard/audit?nonsense=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_of_a_key_is_counted_on_its_page_and_in_the_list()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        await _gateway.RecordedScanAsync(Prompts.Harmless);
        await _gateway.RecordedScanAsync(Prompts.Attack);
        var id = (await owner.ReadAsync("/api/v1/keys")).EnumerateArray().Single().Text("id");
        Assert.Contains("2 requests in 7 days, by day: 0, 0, 0, 0, 0, 0, 2\"", await HtmlAsync(owner, "/dashboard/keys"), StringComparison.Ordinal);
        Assert.Contains("2 requests in 30 days", await HtmlAsync(owner, "/dashboard/keys/" + id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_of_every_dependency_and_of_the_model()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var html = await HtmlAsync(owner, "/dashboard/health");
        Assert.Contains("data-health=\"well\"", html, StringComparison.Ordinal);
        Assert.All((string[])["Detector", "Database", "Redis", "Limits", "Master key", "Event queue", "Audit trail", "Providers"], part => Assert.Contains($"data-part=\"{part}\"", html, StringComparison.Ordinal));
        Assert.Contains("8 of 8 attacks found, 0 of 5 harmless texts flagged", html, StringComparison.Ordinal);
        var model = new Engine.PromptScanner();
        Assert.Contains(model.ModelName, html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split(model.ModelChecksum).Length - 1);

        // The same once the detector is wrong.
        _gateway.Get<LockLLM.Gateway.Telemetry.Readiness>().Report(false);
        html = await HtmlAsync(owner, "/dashboard/health");
        Assert.Contains("data-health=\"degraded\"", html, StringComparison.Ordinal);
        Assert.Contains("Scans are refused", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Providers_behind_one_address_are_all_named_at_its_host_and_those_of_others_are_not()
    {
        using var gateway = Browser.Gateway(null, [.. ((string[])["openai", "mistral"]).SelectMany(static (name, i) => new[]
        {
            ($"LockLLM:Bootstrap:ProviderKeys:{i}:Provider", name),
            ($"LockLLM:Bootstrap:ProviderKeys:{i}:ApiKey", "sk-of-" + name + "-0123456789"),
            ($"LockLLM:Bootstrap:ProviderKeys:{i}:EndpointUrl", "https://models.example:8443/v1"),
        })]);
        using var owner = await Browser.OwnerAsync(gateway);
        var hosts = gateway.Get<LockLLM.Gateway.Egress.HostHealth>();
        hosts.Of("custom", new Uri("https://models.example:8443/v1/models")).Succeeded(TimeSpan.FromMilliseconds(3));
        hosts.Of("anthropic", new Uri("https://api.anthropic.com/v1/models")).Succeeded(TimeSpan.FromMilliseconds(3));
        var html = await HtmlAsync(owner, "/dashboard/health");
        Assert.Matches("<tr data-host=\"models.example:8443\">\\s*<td class=\"name\">mistral, openai</td>", html);
        Assert.Matches("<tr data-host=\"api.anthropic.com\">\\s*<td class=\"name\">anthropic</td>", html);
        Assert.Contains("2 hosts called since the start", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_qr_code_has_its_three_finders_inside_a_quiet_zone()
    {
        var code = QrCode.Of("otpauth://totp/LockLLM:ann%40example.com?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=LockLLM");
        var dark = new bool[code.Size, code.Size];
        foreach (Match run in Runs().Matches(code.Path))
        {
            var (x, y, width) = (int.Parse(run.Groups["x"].Value, null), int.Parse(run.Groups["y"].Value, null), int.Parse(run.Groups["w"].Value, null));
            for (var i = 0; i < width; i++)
            {
                dark[x + i, y] = true;
            }
        }

        const int Quiet = 4, Finder = 7;
        foreach (var (left, top) in ((int, int)[])[(Quiet, Quiet), (code.Size - Quiet - Finder, Quiet), (Quiet, code.Size - Quiet - Finder)])
        {
            for (var i = 0; i < Finder * Finder; i++)
            {
                var (x, y) = (i % Finder, i / Finder);
                var ring = Math.Min(Math.Min(x, y), Math.Min(Finder - 1 - x, Finder - 1 - y));
                Assert.Equal(ring != 1, dark[left + x, top + y]);
            }
        }

        for (var i = 0; i < code.Size; i++)
        {
            Assert.False(dark[i, 0] || dark[0, i] || dark[i, Quiet - 1] || dark[Quiet - 1, i] || dark[i, code.Size - 1] || dark[code.Size - 1, i]);
        }
    }

    /// <summary>All pages of the route table, one of each kind for those of one thing.</summary>
    private async Task<string[]> PagesAsync(Browser owner)
    {
        var key = (await owner.ReadAsync("/api/v1/keys")).EnumerateArray().First().Text("id");
        if ((await owner.ReadAsync("/api/v1/proxy")).GetArrayLength() == 0)
        {
            await owner.EnterAsync("/api/v1/proxy", new { provider = "mistral", api_key = ManagementGateway.ProviderSecret });
        }

        var provider = (await owner.ReadAsync("/api/v1/proxy")).EnumerateArray().First().Text("id");
        var members = (await owner.ReadAsync("/api/v1/members")).EnumerateArray().ToArray();
        var routes = _gateway.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(static route => route.RoutePattern.RawText!)
            .Where(static path => path.StartsWith("/dashboard", StringComparison.Ordinal) && !path.Contains("/assets/", StringComparison.Ordinal) && !path.EndsWith("/live", StringComparison.Ordinal)).ToArray();
        string[] pages =
        [
            .. routes.Where(static path => !path.Contains('{', StringComparison.Ordinal)),
            "/dashboard/keys/" + key, "/dashboard/provider-keys/" + provider, .. members.Select(static member => "/dashboard/members/" + member.Text("id")),
        ];
        Assert.True(pages.Length >= 12, string.Join(' ', routes));
        return pages;
    }

    private static IEnumerable<string> CallsOf(string html) => Calls().Matches(html).Select(static match => WebUtility.HtmlDecode(match.Groups["call"].Value));

    private RouteEndpoint RouteOf(string call)
    {
        var (method, path) = (call.Split(' ')[0], call.Split(' ')[1]);
        return Assert.Single(_gateway.Routes(), route => route.Method() == method
            && new TemplateMatcher(TemplateParser.Parse(route.RoutePattern.RawText!.TrimStart('/').Replace(ManagementEndpoints.Id, "{id}", StringComparison.Ordinal)), []).TryMatch(path, []));
    }

    private static bool IsInsideLabel(string html, int at) => html.LastIndexOf("<label", at, StringComparison.Ordinal) > html.LastIndexOf("</label>", at, StringComparison.Ordinal);

    private static async Task<string> HtmlAsync(Browser browser, string path)
    {
        var answer = await browser.CallAsync("GET", path);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("""data-call="(?<call>[^"]+)" """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Calls();

    [GeneratedRegex("""\bid="(?<id>[^"]+)" """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Ids();

    [GeneratedRegex("<(?:input|select|textarea)[^>]*>", RegexOptions.ExplicitCapture)]
    private static partial Regex Fields();

    [GeneratedRegex("""aria-(describedby|labelledby)="(?<ids>[^"]+)" """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Described();

    [GeneratedRegex(@"M(?<x>\d+) (?<y>\d+)h(?<w>\d+)v1h-\d+z", RegexOptions.ExplicitCapture)]
    private static partial Regex Runs();
}
