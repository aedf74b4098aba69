using System.Net;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Tests.Management;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Members;

public sealed class SignInTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_session_lives_in_a_strict_cookie_and_ends_with_sign_out()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        Assert.StartsWith("lockllm-session=", browser.SetCookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=strict", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Browser.OwnerEmail, (await browser.ReadAsync("/api/v1/session")).GetProperty("member").Text("email"));
        Assert.Single((await browser.ReadAsync("/api/v1/me/sessions")).EnumerateArray());

        // The cookie counts nowhere else.
        await (await browser.CallAsync("POST", "/v1/scan", new { input = "a" })).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        var cookie = browser.Cookie;
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("DELETE", "/api/v1/session")).StatusCode);
        browser.Cookie = cookie;
        await (await browser.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Over_https_the_cookie_is_bound_to_the_host()
    {
        using var gateway = Browser.Gateway(null, ("LockLLM:Forwarding:KnownProxies:0", "127.0.0.1"));
        using var browser = new Browser(gateway.Address);
        var answer = await browser.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword }, ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.StartsWith("__Host-lockllm-session=", browser.SetCookie, StringComparison.Ordinal);
        Assert.Contains("; secure", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        await (await browser.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("GET", "/api/v1/session", null, ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"))).StatusCode);
    }

    [Fact]
    public async Task What_changes_something_needs_the_sessions_token_and_a_page_of_the_gateway()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        var token = browser.CsrfToken;
        foreach (var wrong in (string?[])[null, "", "x", token![..^1]])
        {
            browser.CsrfToken = wrong;
            await (await browser.CallAsync("POST", "/api/v1/keys", new { name = "forged" })).ErrorAsync(HttpStatusCode.Forbidden, "csrf_failed");
        }

        browser.CsrfToken = token;
        await (await browser.CallAsync("POST", "/api/v1/keys", new { name = "forged" }, ("Sec-Fetch-Site", "cross-site"))).ErrorAsync(HttpStatusCode.Forbidden, "csrf_failed");
        await (await browser.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword }, ("Sec-Fetch-Site", "same-site"))).ErrorAsync(HttpStatusCode.Forbidden, "csrf_failed");
        await browser.EnterAsync("/api/v1/keys", new { name = "meant" });
        Assert.DoesNotContain("forged", (await browser.ReadAsync("/api/v1/keys")).Texts("name"));
    }

    [Fact]
    public async Task One_call_signs_a_member_out_everywhere_and_nobody_else()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var other = await Browser.OwnerAsync(gateway);
        using var guest = await browser.InviteAsync("guest@example.com", "admin");
        var cookie = browser.Cookie;
        Assert.Equal("{}", await (await browser.CallAsync("DELETE", "/api/v1/me/sessions")).Content.ReadAsStringAsync());
        Assert.EndsWith("-session=", browser.Cookie, StringComparison.Ordinal);
        browser.Cookie = cookie;
        foreach (var tab in (Browser[])[browser, other])
        {
            await (await tab.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }

        var told = Assert.Single((await guest.ReadAsync("/api/v1/audit?action=member.signed_out_everywhere")).EnumerateArray());
        Assert.Equal("sessions=2", told.Text("detail"));
        await browser.EnterAsync("/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword });
    }

    [Fact]
    public async Task Every_reason_not_to_sign_in_is_answered_alike()
    {
        using var gateway = Browser.Gateway();
        using var browser = new Browser(gateway.Address);
        var answers = new HashSet<string>();
        foreach (var (email, password) in ((string, string)[])[(Browser.OwnerEmail, "wrong password here"), ("nobody@example.com", Browser.OwnerPassword), ("no address", "x"), (Browser.OwnerEmail, new string('x', 300))])
        {
            answers.Add((await (await browser.CallAsync("POST", "/api/v1/session", new { email, password })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed")).Text("message"));
        }

        Assert.Single(answers);
        await (await browser.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail })).ErrorAsync(HttpStatusCode.BadRequest, "missing_field");
        Assert.Null(browser.SetCookie);
    }

    [Fact]
    public async Task One_address_has_so_many_tries_a_minute()
    {
        using var gateway = Browser.Gateway(null, ("LockLLM:Members:SignInsPerMinute", "2"));
        using var browser = new Browser(gateway.Address);
        for (var i = 0; i < 2; i++)
        {
            await (await browser.CallAsync("POST", "/api/v1/invitations/accept", new { token = "x" })).ErrorAsync(HttpStatusCode.NotFound, "invitation_not_found");
        }

        var refused = await browser.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword });
        await refused.ErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
    }

    [Fact]
    public async Task Failures_in_a_row_lock_a_member_for_a_while_however_many_come_at_once()
    {
        using var folder = new TemporaryFolder();
        var clock = new FakeTimeProvider(s_start);
        await using var installation = await OpenAsync(folder, clock);
        var store = installation.Get<SignInStore>();
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.SignInAsync(Browser.OwnerEmail, "wrong password here", null, "req_1", CancellationToken.None)));
        Assert.All(tries, attempt => Assert.NotNull(attempt.Error));
        var events = await installation.Get<AuditReader>().ListAsync(installation.Account, new AuditFilter(), 100, CancellationToken.None);
        Assert.Equal(5, events.Count(written => written.Event.Action == "member.sign_in_failed"));
        Assert.Single(events, written => written.Event.Action == "member.locked");

        Assert.NotNull((await store.SignInAsync(Browser.OwnerEmail, Browser.OwnerPassword, null, "req_2", CancellationToken.None)).Error);
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Null((await store.SignInAsync(Browser.OwnerEmail, Browser.OwnerPassword, null, "req_3", CancellationToken.None)).Error);
        Assert.Null((await installation.Get<MemberStore>().ListAsync(installation.Account, CancellationToken.None))[0].LockedUntil);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_when_it_is_old()
    {
        using var folder = new TemporaryFolder();
        var clock = new FakeTimeProvider(s_start);
        await using var installation = await OpenAsync(folder, clock);
        var sessions = installation.Get<SessionStore>();
        var first = (await installation.Get<SignInStore>().SignInAsync(Browser.OwnerEmail, Browser.OwnerPassword, null, "req_1", CancellationToken.None)).Value!;
        for (var i = 0; i < 24; i++)
        {
            Assert.NotNull(await sessions.FindAsync(first.Token, CancellationToken.None));
            clock.Advance(TimeSpan.FromMinutes(29));
        }

        clock.SetUtcNow(s_start + TimeSpan.FromHours(12));
        Assert.Null(await sessions.FindAsync(first.Token, CancellationToken.None));
        var second = (await installation.Get<SignInStore>().SignInAsync(Browser.OwnerEmail, Browser.OwnerPassword, null, "req_2", CancellationToken.None)).Value!;
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(await sessions.FindAsync(second.Token, CancellationToken.None));
        Assert.Null(await sessions.FindAsync("", CancellationToken.None));
    }

    [Fact]
    public async Task Secrets_ask_for_the_password_again()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var gateway = Browser.Gateway(clock);
        using var browser = await Browser.OwnerAsync(gateway);
        await browser.EnterAsync("/api/v1/keys", new { name = "early" });
        clock.Advance(TimeSpan.FromMinutes(10));
        await (await browser.CallAsync("POST", "/api/v1/keys", new { name = "late" })).ErrorAsync(HttpStatusCode.Forbidden, "confirmation_required");
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("PUT", "/api/v1/settings", new { sensitivity = "high" })).StatusCode);
        await (await browser.CallAsync("POST", "/api/v1/session/confirm", new { password = "wrong password here" })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("POST", "/api/v1/session/confirm", new { password = Browser.OwnerPassword })).StatusCode);
        await browser.EnterAsync("/api/v1/keys", new { name = "late" });
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_and_no_code_counts_twice()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var other = await Browser.OwnerAsync(gateway);
        var enrolment = await (await browser.CallAsync("POST", "/api/v1/me/totp")).JsonAsync();
        Assert.Contains("secret=" + enrolment.Text("secret"), enrolment.Text("uri"), StringComparison.Ordinal);
        var secret = Decode(enrolment.Text("secret"));
        await (await browser.CallAsync("POST", "/api/v1/me/totp/enable", new { code = "000" })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        var step = Totp.StepAt(TimeProvider.System.GetUtcNow());
        var enabled = await (await browser.CallAsync("POST", "/api/v1/me/totp/enable", new { code = Totp.Code(secret, step) })).JsonAsync();
        var codes = enabled.GetProperty("codes").EnumerateArray().Select(code => code.GetString()!).ToArray();
        Assert.Equal(10, codes.Distinct().Count());

        // The browser that did it has a new session; the other one is signed out.
        Assert.True((await browser.ReadAsync("/api/v1/session")).GetProperty("member").GetProperty("totp").GetBoolean());
        await (await other.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await browser.CallAsync("POST", "/api/v1/me/totp")).ErrorAsync(HttpStatusCode.Conflict, "already_enabled");

        await SignInAsync(null, "code_required");
        await SignInAsync(Totp.Code(secret, step), "sign_in_failed");
        await SignInAsync(Totp.Code(secret, step + 1), null);
        await SignInAsync(Totp.Code(secret, step + 1), "sign_in_failed");
        await SignInAsync(codes[0].ToLowerInvariant(), null);
        await SignInAsync(codes[0], "sign_in_failed");

        var renewed = await (await browser.CallAsync("POST", "/api/v1/me/recovery-codes")).JsonAsync();
        await SignInAsync(codes[1], "sign_in_failed");
        await SignInAsync(renewed.GetProperty("codes")[1].GetString(), null);
        await (await browser.CallAsync("DELETE", "/api/v1/me/totp")).JsonAsync();
        await SignInAsync(null, null);

        async Task SignInAsync(string? code, string? error)
        {
            using var tab = new Browser(gateway.Address);
            var answer = await tab.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword, code });
            Assert.Equal(error, error is null ? (answer.StatusCode == HttpStatusCode.Created ? null : await answer.Content.ReadAsStringAsync()) : (await answer.ErrorAsync()).Text("code"));
        }
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        using var other = await Browser.OwnerAsync(gateway);
        await (await browser.CallAsync("PUT", "/api/v1/me/password", new { password = "short" })).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        const string next = "another canary sings 1627";
        Assert.Equal(HttpStatusCode.OK, (await browser.CallAsync("PUT", "/api/v1/me/password", new { password = next })).StatusCode);
        await browser.ReadAsync("/api/v1/session");
        await (await other.CallAsync("GET", "/api/v1/session")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await other.CallAsync("POST", "/api/v1/session", new { email = Browser.OwnerEmail, password = Browser.OwnerPassword })).ErrorAsync(HttpStatusCode.Unauthorized, "sign_in_failed");
        await other.EnterAsync("/api/v1/session", new { email = Browser.OwnerEmail, password = next });
    }

    [Fact]
    public async Task No_secret_of_a_member_is_kept_or_logged()
    {
        using var gateway = Browser.Gateway();
        using var browser = await Browser.OwnerAsync(gateway);
        var secret = (await (await browser.CallAsync("POST", "/api/v1/me/totp")).JsonAsync()).Text("secret");
        var enabled = await (await browser.CallAsync("POST", "/api/v1/me/totp/enable", new { code = Totp.Code(Decode(secret), Totp.StepAt(TimeProvider.System.GetUtcNow())) })).JsonAsync();
        var invitation = await browser.EnterAsync("/api/v1/invitations", new { email = "guest@example.com", role = "viewer" });
        string[] secrets = [Browser.OwnerPassword, secret, enabled.GetProperty("codes")[0].GetString()!, invitation.Text("token"), browser.Cookie!.Split('=')[1], browser.CsrfToken!];
        var files = Directory.GetFiles(gateway.Gateway.DataDirectory, "*", SearchOption.AllDirectories).Select(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }).ToArray();
        Assert.NotEmpty(gateway.Gateway.Logs.Lines);
        foreach (var kept in files.Concat(gateway.Gateway.Logs.Lines))
        {
            Assert.All(secrets, canary => Assert.DoesNotContain(canary, kept, StringComparison.Ordinal));
        }
    }

    private static Task<TestInstallation> OpenAsync(TemporaryFolder folder, TimeProvider clock)
    {
        var options = new GatewayOptions { DataDirectory = folder.Path };
        (options.Bootstrap.OwnerEmail, options.Bootstrap.OwnerPassword) = (Browser.OwnerEmail, Browser.OwnerPassword);
        return TestInstallation.OpenAsync(options, clock: clock);
    }

    internal static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(character => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(character, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
