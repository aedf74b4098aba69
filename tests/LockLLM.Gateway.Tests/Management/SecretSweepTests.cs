using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Tests.Members;
using LockLLM.Gateway.Tests.Proxy;
using Microsoft.Extensions.Hosting;

namespace LockLLM.Gateway.Tests.Management;

/// <summary>
/// Every kind of secret through every endpoint of the route table, well formed and broken; then all that the gateway
/// says, logs, counts and keeps is searched for them.
/// </summary>
public sealed class SecretSweepTests
{
    // What nobody gave out: it must come back in no answer whatever, and stay nowhere.
    private const string ProviderSecret = "sk-cinnabar-provider-4410c2b7";
    private const string Password = "cinnabar heron counts 4410";
    private const string Token = "cinnabarTokenAbcdefghijklmnopqrstuvwxyz0123";
    private const string Code = "CINN-ABAR-HERO-4410";
    private const string ApiKey = "llm_cinnabar4410heron0123456789abcdefghijklmnopqr";
    private const string Prompt = "cinnabar herons count to 4410 at dawn";
    private const string InAddress = "cinnabarInAddress4410";

    private static readonly string[] s_given = [ProviderSecret, Password, Token, Code, ApiKey, Prompt, InAddress];

    [Fact]
    public async Task No_secret_comes_back_or_stays_anywhere()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings:
        [
            ("LockLLM:Bootstrap:OwnerEmail", Browser.OwnerEmail), ("LockLLM:Bootstrap:OwnerPassword", Password),
            ("LockLLM:Members:SignInsPerMinute", "10000"), ("LockLLM:Members:MaxFailedSignIns", "100"),
        ]);
        proxied.Provider.Answer = FakeProvider.Json($$"""{"choices":[{"message":{"content":"{{Prompt}}"} }]}""");
        using var gateway = new ManagementGateway(proxied.Gateway);
        using var owner = new Browser(gateway.Address);
        var shown = new HashSet<string>(StringComparer.Ordinal) { GatewayFactory.Key };
        // A page may read its own session's again.
        var csrf = new HashSet<string>(StringComparer.Ordinal);
        await SignInAsync();
        await MakeSecretsAsync(owner, shown);

        foreach (var route in gateway.AllRoutes())
        {
            foreach (var (body, isWhole) in Bodies().Take(route.Method() is "POST" or "PUT" ? int.MaxValue : 2))
            {
                await SignInAsync();
                var answer = await owner.CallAsync(route.Method(), $"{route.Address(isWhole ? "no_such_id" : InAddress)}?cursor={InAddress}&{InAddress}={InAddress}", body);
                var text = answer.Headers + await answer.Content.ReadAsStringAsync();
                Assert.True((int)answer.StatusCode < 500, $"{route.DisplayName} gave {answer.StatusCode}");
                AssertClean(text, s_given, $"{route.DisplayName}, {(isWhole ? "whole" : "broken")}");
                Note(text, shown);
            }
        }

        await PromptsAsync(gateway, proxied);

        // What was shown once is never shown again.
        await SignInAsync();
        foreach (var route in gateway.Routes().Where(route => route.Method() == "GET" && route.RoutePattern.Parameters.Count == 0))
        {
            var answer = await owner.CallAsync("GET", route.Address());
            var told = answer.Headers + await answer.Content.ReadAsStringAsync();
            AssertClean(told, [.. s_given, .. shown], route.DisplayName!);
        }

        var metrics = await gateway.Stranger.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("lockllm_", metrics, StringComparison.Ordinal);
        shown.Add(owner.Cookie!.Split('=')[1]);
        csrf.Add(owner.CsrfToken!);
        await gateway.Get<IHost>().StopAsync(TestContext.Current.CancellationToken);
        string[] secrets = [.. s_given, .. shown, .. csrf];
        Assert.True(shown.Count > 20, string.Join(' ', shown.Count));
        AssertClean(metrics, secrets, "metrics");
        foreach (var line in gateway.Gateway.Logs.Lines)
        {
            // ASP.NET Core itself writes addresses when asked for its information level, which the gateway's defaults do not.
            AssertClean(line, line.Contains("/api/", StringComparison.Ordinal) || line.Contains("http://", StringComparison.Ordinal) ? [.. secrets.Where(secret => secret != InAddress)] : secrets, "log");
        }

        var files = Directory.GetFiles(gateway.Gateway.DataDirectory, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("lockllm.db", StringComparison.Ordinal));
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            foreach (var secret in secrets)
            {
                Assert.All((byte[][])[Encoding.UTF8.GetBytes(secret), Encoding.Unicode.GetBytes(secret)], spelled => Assert.True(bytes.AsSpan().IndexOf(spelled) < 0, $"{secret} in {file}"));
            }
        }

        // The sweep ends sessions, and its passwords are the same one.
        async Task SignInAsync()
        {
            if (owner.Cookie is { } cookie && !cookie.EndsWith('=') && (await owner.CallAsync("GET", "/api/v1/session")).IsSuccessStatusCode)
            {
                return;
            }

            (owner.Cookie, owner.CsrfToken) = (null, null);
            var session = await owner.EnterAsync("/api/v1/session", new { email = Browser.OwnerEmail, password = Password });
            csrf.Add(session.Text("csrf_token"));
            shown.Add(owner.Cookie!.Split('=')[1]);
        }
    }

    // By the ways that they are meant to be made in.
    private static async Task MakeSecretsAsync(Browser owner, HashSet<string> shown)
    {
        var key = await owner.EnterAsync("/api/v1/keys", new { name = "kept" });
        shown.Add(key.Text("key"));
        shown.Add((await owner.EnterAsync($"/api/v1/keys/{key.Text("id")}/rotate", new { grace_hours = 1 })).Text("key"));
        await owner.EnterAsync("/api/v1/proxy", new { provider = "openai", api_key = ProviderSecret });
        shown.Add((await owner.EnterAsync("/api/v1/invitations", new { email = "open@example.com", role = "viewer" })).Text("token"));
        var used = await owner.EnterAsync("/api/v1/invitations", new { email = "used@example.com", role = "viewer" });
        shown.Add(used.Text("token"));
        using var guest = new Browser(owner.Address);
        await guest.EnterAsync("/api/v1/invitations/accept", new { token = used.Text("token"), name = "Guest", password = Password });
        var enrolment = await (await guest.CallAsync("POST", "/api/v1/me/totp")).JsonAsync();
        shown.Add(enrolment.Text("secret"));
        var code = Totp.Code(SignInTests.Decode(enrolment.Text("secret")), Totp.StepAt(TimeProvider.System.GetUtcNow()));
        var enabled = await (await guest.CallAsync("POST", "/api/v1/me/totp/enable", new { code })).JsonAsync();
        shown.UnionWith(enabled.GetProperty("codes").EnumerateArray().Select(recovery => recovery.GetString()!));
        shown.Add(guest.Cookie!.Split('=')[1]);
        using var authenticator = new Authenticator(owner.Address);
        var begun = await (await guest.CallAsync("POST", "/api/v1/me/passkeys/begin")).JsonAsync();
        shown.Add(begun.Text("id"));
        await guest.EnterAsync("/api/v1/me/passkeys", new { id = begun.Text("id"), name = "key", credential = authenticator.Create(begun.GetProperty("options")) });
    }

    private static IEnumerable<(string Body, bool IsWhole)> Bodies()
    {
        var whole = new JsonObject
        {
            ["name"] = "plain",
            ["email"] = "somebody@example.com",
            ["role"] = "viewer",
            ["provider"] = "openai",
            ["api_key"] = ProviderSecret,
            ["password"] = Password,
            ["token"] = Token,
            ["code"] = Code,
            ["id"] = Token,
            ["credential"] = new JsonObject { ["id"] = Token, ["type"] = Token, ["response"] = new JsonObject { ["signature"] = Token } },
            ["input"] = Prompt,
            ["key"] = ApiKey,
        };
        var text = whole.ToJsonString();
        yield return (text, true);
        yield return (text[..^3], false);
        yield return (text + Token, false);
        yield return ($"{Password} {ApiKey}", false);
        yield return ($"[\"{Password}\",\"{ApiKey}\"]", false);
        foreach (var (field, secret) in ((string, string)[])
            [("provider", ProviderSecret), ("role", Password), ("sensitivity", Token), ("expires_at", ApiKey), ("requests_per_minute", ApiKey), ("grace_hours", Code), ("email", Password), ("enabled", Password), ("credential", Token), ("default_scan_action", Prompt), ("retention_days", Code), (Token, Token)])
        {
            var wrong = whole.DeepClone().AsObject();
            wrong[field] = secret;
            yield return (wrong.ToJsonString(), true);
        }

        foreach (var field in (string[])["fallback", "allowed_providers", "allowed_networks", "password", "api_key", "token"])
        {
            var wrong = whole.DeepClone().AsObject();
            wrong[field] = new JsonArray(Token, Password);
            yield return (wrong.ToJsonString(), true);
        }

        var address = whole.DeepClone().AsObject();
        address["endpoint_url"] = $"https://user:{Token}@provider.example/v1";
        yield return (address.ToJsonString(), true);
    }

    private static async Task PromptsAsync(ManagementGateway gateway, ProxiedGateway proxied)
    {
        using var stranger = gateway.With(ApiKey);
        using var own = proxied.CreateCaller();
        own.DefaultRequestHeaders.Authorization = new("Bearer", ProviderSecret);
        foreach (var (body, _) in Bodies())
        {
            foreach (var client in (HttpClient[])[gateway.Caller, stranger, gateway.Stranger])
            {
                var scanned = await client.ScanAsync(body);
                AssertClean(scanned.Headers + await scanned.Content.ReadAsStringAsync(), s_given, "/v1/scan");
            }
        }

        foreach (var text in (string[])[Prompt, "red violet " + Prompt])
        {
            var body = JsonSerializer.Serialize(new { model = "gpt-5", messages = new[] { new { role = "user", content = text } } });
            foreach (var (json, client) in ((string, HttpClient)[])[(body, own), (body[..^2], own), (body, stranger), (body, gateway.Caller)])
            {
                var answer = await client.PostAsync("openai/v1/chat/completions", json);
                AssertClean(answer.Headers + (answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync()), s_given, "proxy");
            }
        }
    }

    // Remembers what an answer showed this once.
    private static void Note(string text, HashSet<string> shown)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return;
        }

        JsonElement answer;
        try
        {
            answer = JsonSerializer.Deserialize<JsonElement>(text[start..]);
        }
        catch (JsonException)
        {
            // A list; none of those shows a secret.
            return;
        }

        foreach (var field in (string[])["key", "token", "secret"])
        {
            if (answer.TryGetProperty(field, out var secret) && secret.ValueKind == JsonValueKind.String)
            {
                shown.Add(secret.GetString()!);
            }
        }

        if (answer.TryGetProperty("codes", out var codes))
        {
            shown.UnionWith(codes.EnumerateArray().Select(code => code.GetString()!));
        }
    }

    private static void AssertClean(string text, IEnumerable<string> secrets, string where)
    {
        foreach (var secret in secrets)
        {
            Assert.False(
                text.Contains(secret, StringComparison.OrdinalIgnoreCase) || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))[..16], StringComparison.Ordinal), $"{secret} in {where}");
        }
    }
}
