using System.Net;
using System.Text.Json;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Management;
using LockLLM.Gateway.Members;
using Microsoft.AspNetCore.Routing;

namespace LockLLM.Gateway.Tests.Management;

/// <summary>What holds for every path under <c>/api/v1</c>, read from the route table.</summary>
public sealed class ManagementTests
{
    // What takes no body.
    private static readonly string[] s_bare = ["/verify", "/totp", "/recovery-codes", "/begin"];

    [Fact]
    public void Every_management_endpoint_states_its_role()
    {
        using var gateway = new ManagementGateway();
        var routes = gateway.Routes();
        Assert.True(routes.Length >= 30);
        Assert.Equal(["/api/v1/invitations/accept", "/api/v1/session", "/api/v1/session/options", "/api/v1/session/passkey", "/api/v1/session/passkey/begin"], gateway.AllRoutes().Except(routes).Select(route => route.Address()).Order());
        Assert.All(routes, route => Assert.True(route.Metadata.GetMetadata<RequiredRole>() is { Role: > Role.None }, route.DisplayName));
        Assert.All(routes.Where(route => route.Method() != "GET" && !IsForMembers(route)), route => Assert.True(route.Metadata.GetRequiredMetadata<RequiredRole>().Role > Role.Viewer, route.DisplayName));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Viewer")]
    [InlineData("Developer")]
    [InlineData("Admin")]
    [InlineData("Owner")]
    public async Task Strangers_and_lower_roles_are_refused_everywhere(string role)
    {
        using var gateway = new ManagementGateway(role);
        foreach (var route in gateway.Routes())
        {
            var required = route.Metadata.GetRequiredMetadata<RequiredRole>().Role;
            await (await gateway.Stranger.CallAsync(route.Method(), route.Address())).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
            var answer = await gateway.Caller.CallAsync(route.Method(), route.Address());
            Assert.Equal(Enum.Parse<Role>(role) < required || IsForMembers(route), answer.StatusCode == HttpStatusCode.Forbidden);
            Assert.True((int)answer.StatusCode < 500, route.DisplayName);
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task Two_accounts_never_see_each_other()
    {
        using var gateway = new ManagementGateway("Owner");
        var key = (await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"mine"}""")).Text("id");
        var provider = (await gateway.Caller.CreateAsync("/api/v1/proxy", $$"""{"provider":"openai","api_key":"{{ManagementGateway.ProviderSecret}}"}""")).Text("id");
        var log = (await gateway.RecordedScanAsync("How do I descale a kettle?")).Text("id");
        var mine = await StateAsync();
        using var stranger = await gateway.OtherAccountAsync();

        string[] ids = [key, provider, log];
        foreach (var route in gateway.Routes().Where(route => !IsForMembers(route)))
        {
            if (route.RoutePattern.Parameters.Count > 0)
            {
                foreach (var id in ids)
                {
                    var error = await (await stranger.CallAsync(route.Method(), route.Address(id), """{"name":"a"}""")).ErrorAsync();
                    Assert.Equal(404, error.GetProperty("status").GetInt32());
                }
            }
            else if (route.Method() == "GET")
            {
                var text = await (await stranger.GetAsync(route.Address())).Content.ReadAsStringAsync();
                Assert.All(ids, id => Assert.DoesNotContain(id, text, StringComparison.Ordinal));
            }
        }

        Assert.Equal(["theirs"], (await stranger.ReadAsync("/api/v1/keys")).Texts("name"));
        Assert.Empty((await stranger.ReadAsync("/api/v1/proxy")).EnumerateArray());
        Assert.Empty((await stranger.ReadAsync("/api/v1/logs")).EnumerateArray());
        await (await stranger.GetAsync("/api/v1/logs?before=" + log)).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
        await stranger.CallAsync("PUT", "/api/v1/settings", """{"sensitivity":"low"}""");
        Assert.Equal(mine, await StateAsync());

        async Task<string> StateAsync() => string.Join('\n', await Task.WhenAll(
            ((string[])["/api/v1/keys/" + key, "/api/v1/proxy/" + provider, "/api/v1/logs/" + log, "/api/v1/settings"]).Select(gateway.Caller.GetStringAsync)));
    }

    [Fact]
    public async Task Bad_bodies_are_the_callers_fault_everywhere()
    {
        using var gateway = new ManagementGateway("Owner");
        var values = (string[])["null", "1", "-1", "1e400", "2147483648", "true", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "[null]", "{}", "\"9999-12-31T23:59:59-14:00\"", "\"0001-01-01T00:00:00+14:00\"", $"\"{new string('x', 20_000)}\""];
        var fields = (string[])["name", "expires_at", "requests_per_minute", "allowed_providers", "allowed_networks", "enabled", "grace_hours", "provider", "api_key", "nickname", "endpoint_url", "deployment_name", "default", "sensitivity", "retention_days", "actions_locked", "fallback", "email", "password", "token", "code", "role", "id", "credential"];
        var bodies = values.Concat(["", "{", "\uFEFF{}", new string(' ', 70_000)])
            .Concat(fields.SelectMany(field => values.Select(value => field == "name"
                ? $$"""{"name":{{value}},"provider":"openai"}"""
                : $$"""{"name":"a","provider":"openai","api_key":"{{ManagementGateway.ProviderSecret}}","{{field}}":{{value}}}"""))).ToArray();
        foreach (var route in gateway.Routes().Where(route => route.Method() is "POST" or "PUT"))
        {
            foreach (var body in bodies)
            {
                var answer = await gateway.Caller.CallAsync(route.Method(), route.Address(), body);
                Assert.True((int)answer.StatusCode < 500, $"{route.DisplayName}: {body[..Math.Min(200, body.Length)]} gave {answer.StatusCode}");
                Assert.NotEqual(JsonValueKind.Undefined, (await answer.JsonAsync()).ValueKind);
            }
        }
    }

    [Fact]
    public async Task The_openapi_document_tells_every_path_its_role_and_its_errors()
    {
        using var gateway = new ManagementGateway();
        var document = JsonDocument.Parse(await gateway.Stranger.GetStringAsync("/openapi/v1.json")).RootElement;
        foreach (var route in gateway.Routes())
        {
            var operation = document.GetProperty("paths").GetProperty(route.Address("{id}")).GetProperty(route.Method().ToLowerInvariant());
            var role = route.Metadata.GetRequiredMetadata<RequiredRole>().Role.ToString().ToLowerInvariant();
            Assert.EndsWith($"Needs the role {role}.", operation.Text("description"), StringComparison.Ordinal);
            Assert.NotEmpty(operation.Text("summary"));
            string[] expected = ["401", "403", "429", "503", .. route.RoutePattern.Parameters.Count > 0 ? ["404"] : (string[])[]];
            Assert.All(expected, status => Assert.True(operation.GetProperty("responses").Has(status), route.DisplayName));
            Assert.Equal(route.Method() is "POST" or "PUT" && !s_bare.Any(path => route.Address().EndsWith(path, StringComparison.Ordinal)), operation.Has("requestBody"));
        }
    }

    [Fact]
    public async Task Settings_change_what_is_given_and_refuse_what_is_no_value()
    {
        using var gateway = new ManagementGateway("Admin");
        var changed = await (await gateway.Caller.CallAsync("PUT", "/api/v1/settings", """{"sensitivity":"high","retention_days":7,"distrust_tool_definitions":true,"fallback":["mistral:spare mistral-large-latest","groq"]}""")).JsonAsync();
        Assert.Equal(("high", 7, "block"), (changed.Text("sensitivity"), changed.GetProperty("retention_days").GetInt32(), changed.Text("default_scan_action")));
        var settings = gateway.Get<AccountSnapshots>().All.Single().Settings;
        Assert.Equal(["mistral:spare mistral-large-latest", "groq"], settings.Fallback);
        Assert.True(settings.DistrustToolDefinitions && changed.GetProperty("distrust_tool_definitions").GetBoolean());
        foreach (var (field, value) in ((string, string)[])
            [("default_scan_action", "\"blok\""), ("sensitivity", "\"HIGH\""), ("on_scan_failure", "\"\""), ("retention_days", "366"), ("retention_days", "0"), ("fallback", "[\"nobody\"]"), ("fallback", "[\"groq a b\"]"), ("fallback", "[null]"), ("fallback", "[\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\",\"groq\"]")])
        {
            var error = await (await gateway.Caller.CallAsync("PUT", "/api/v1/settings", $$"""{"actions_locked":true,"{{field}}":{{value}}}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
            Assert.Equal(field, error.Text("param"));
        }

        Assert.Equal(changed.GetRawText(), (await gateway.Caller.ReadAsync("/api/v1/settings")).GetRawText());
        Assert.Empty((await (await gateway.Caller.CallAsync("PUT", "/api/v1/settings", """{"fallback":[]}""")).JsonAsync()).GetProperty("fallback").EnumerateArray());
    }

    private static bool IsForMembers(RouteEndpoint route) => route.Metadata.GetMetadata<RequiredMember>() is not null;
}
