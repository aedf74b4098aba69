using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Management;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Management;

public sealed class ManagementTests : IDisposable
{
    private const string ProviderSecret = "sk-provider-secret-0123456789abcdef";

    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public void Every_management_endpoint_states_its_role()
    {
        var routes = Routes();
        Assert.True(routes.Length >= 13);
        Assert.All(routes, route => Assert.True(route.Metadata.GetMetadata<RequiredRole>() is { Role: > Role.None }, route.DisplayName));
        Assert.All(routes, route => Assert.True(Method(route) == "GET" == (route.Metadata.GetRequiredMetadata<RequiredRole>().Role == Role.Viewer), route.DisplayName));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Viewer")]
    [InlineData("Developer")]
    [InlineData("Admin")]
    public async Task Strangers_and_lower_roles_are_refused_everywhere(string role)
    {
        _gateway.Settings["LockLLM:Management:ApiKeyRole"] = role;
        using var caller = _gateway.CreateCaller();
        using var stranger = _gateway.CreateClient();
        foreach (var route in Routes())
        {
            var required = route.Metadata.GetRequiredMetadata<RequiredRole>().Role;
            await (await SendAsync(stranger, Method(route), Address(route), "{}")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
            var answer = await SendAsync(caller, Method(route), Address(route), "{}");
            Assert.Equal(Enum.Parse<Role>(role) < required, answer.StatusCode == HttpStatusCode.Forbidden);
            Assert.True((int)answer.StatusCode < 500, route.DisplayName);
        }
    }

    [Fact]
    public async Task A_key_with_limits_cannot_make_one_without()
    {
        using var caller = _gateway.CreateCaller();
        var limited = await CreateAsync(caller, """{"name":"limited","requests_per_minute":1000}""");
        using var client = Caller(limited.GetProperty("key").GetString()!);
        await (await SendAsync(client, "POST", "/api/v1/keys", """{"name":"free"}""")).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await SendAsync(client, "PUT", "/api/v1/keys/" + limited.GetProperty("id").GetString(), """{"name":"free"}""")).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/keys")).StatusCode);
    }

    [Fact]
    public async Task A_key_lives_from_creation_to_revocation()
    {
        using var caller = _gateway.CreateCaller();
        var created = await CreateAsync(caller, """{"name":"checkout"}""");
        var (id, secret) = (created.GetProperty("id").GetString()!, created.GetProperty("key").GetString()!);
        using var first = Caller(secret);
        await (await first.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        var rotated = await (await SendAsync(caller, "POST", $"/api/v1/keys/{id}/rotate", """{"grace_hours":1}""")).JsonAsync();
        using var second = Caller(rotated.GetProperty("key").GetString()!);
        await (await first.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        await (await second.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        var list = await (await caller.GetAsync("/api/v1/keys")).JsonAsync();
        Assert.Equal(JsonValueKind.Array, list.ValueKind);
        Assert.DoesNotContain(secret, list.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("replaced", list.EnumerateArray().Single(key => key.GetProperty("id").GetString() == id).GetProperty("status").GetString());

        var revoked = await (await caller.DeleteAsync("/api/v1/keys/" + id)).JsonAsync();
        Assert.Equal("revoked", revoked.GetProperty("status").GetString());
        await (await first.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await second.ScanAsync("""{"input":"a"}""")).VerdictAsync();
    }

    [Fact]
    public async Task A_providers_secret_goes_in_and_never_comes_out()
    {
        using var caller = _gateway.CreateCaller();
        var made = await SendAsync(caller, "POST", "/api/v1/proxy", $$"""{"provider":"openai","api_key":"{{ProviderSecret}}","nickname":"eu"}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var address = "/api/v1/proxy/" + (await made.JsonAsync()).GetProperty("id").GetString();
        await (await SendAsync(caller, "POST", "/api/v1/proxy", $$"""{"provider":"openai","api_key":"{{ProviderSecret}}","nickname":"eu"}""")).ErrorAsync(HttpStatusCode.Conflict, "duplicate_key");
        var updated = await SendAsync(caller, "PUT", address, """{"enabled":false}""");
        Assert.False((await updated.JsonAsync()).GetProperty("enabled").GetBoolean());
        foreach (var answer in (HttpResponseMessage[])[made, updated, await caller.GetAsync(address), await caller.GetAsync("/api/v1/proxy")])
        {
            Assert.DoesNotContain(ProviderSecret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("{}", await (await caller.DeleteAsync(address)).Content.ReadAsStringAsync());
        await (await caller.GetAsync(address)).ErrorAsync(HttpStatusCode.NotFound, "key_not_found");
    }

    [Fact]
    public async Task Settings_change_what_is_given_and_refuse_what_is_no_value()
    {
        _gateway.Settings["LockLLM:Management:ApiKeyRole"] = "Admin";
        using var caller = _gateway.CreateCaller();
        var changed = await (await SendAsync(caller, "PUT", "/api/v1/settings", """{"sensitivity":"high","retention_days":7}""")).JsonAsync();
        Assert.Equal(("high", 7, "block"), (changed.GetProperty("sensitivity").GetString(), changed.GetProperty("retention_days").GetInt32(), changed.GetProperty("default_scan_action").GetString()));
        await (await SendAsync(caller, "PUT", "/api/v1/settings", """{"default_scan_action":"blok"}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        Assert.Equal(changed.GetRawText(), (await (await caller.GetAsync("/api/v1/settings")).JsonAsync()).GetRawText());
    }

    [Fact]
    public async Task Two_accounts_never_see_each_other()
    {
        using var caller = _gateway.CreateCaller();
        var key = (await CreateAsync(caller, """{"name":"mine"}""")).GetProperty("id").GetString()!;
        var provider = (await (await SendAsync(caller, "POST", "/api/v1/proxy", $$"""{"provider":"openai","api_key":"{{ProviderSecret}}"}""")).JsonAsync()).GetProperty("id").GetString()!;
        var other = await _gateway.Services.GetRequiredService<AccountStore>().CreateAsync("other", AccountSettings.Default, "system", TestContext.Current.CancellationToken);
        var theirs = await _gateway.Services.GetRequiredService<ApiKeyStore>().CreateAsync(other, new ApiKeyDraft("theirs"), "system", null, TestContext.Current.CancellationToken);
        using var stranger = Caller(theirs.Value!.Secret);

        foreach (var route in Routes().Where(route => route.RoutePattern.Parameters.Count > 0))
        {
            var id = Address(route).Contains("/proxy/", StringComparison.Ordinal) ? provider : key;
            await (await SendAsync(stranger, Method(route), Address(route, id), """{"name":"a"}""")).ErrorAsync(HttpStatusCode.NotFound, "key_not_found");
        }

        Assert.Equal("theirs", Assert.Single((await (await stranger.GetAsync("/api/v1/keys")).JsonAsync()).EnumerateArray()).GetProperty("name").GetString());
        Assert.Empty((await (await stranger.GetAsync("/api/v1/proxy")).JsonAsync()).EnumerateArray());
        Assert.Equal("active", (await (await caller.GetAsync("/api/v1/keys/" + key)).JsonAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Bad_bodies_are_the_callers_fault_everywhere()
    {
        _gateway.Settings["LockLLM:Management:ApiKeyRole"] = "Owner";
        using var caller = _gateway.CreateCaller();
        var values = (string[])["null", "1", "-1", "1e400", "2147483648", "true", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "[null]", "{}", "\"9999-12-31T23:59:59-14:00\"", "\"0001-01-01T00:00:00+14:00\"", $"\"{new string('x', 20_000)}\""];
        var fields = (string[])["name", "expires_at", "requests_per_minute", "allowed_providers", "allowed_networks", "enabled", "grace_hours", "provider", "api_key", "nickname", "endpoint_url", "deployment_name", "default", "sensitivity", "retention_days", "actions_locked"];
        var bodies = values.Concat(["", "{", "\uFEFF{}", new string(' ', 70_000)])
            .Concat(fields.SelectMany(field => values.Select(value => field == "name"
                ? $$"""{"name":{{value}},"provider":"openai"}"""
                : $$"""{"name":"a","provider":"openai","api_key":"{{ProviderSecret}}","{{field}}":{{value}}}"""))).ToArray();
        foreach (var route in Routes().Where(route => Method(route) is "POST" or "PUT"))
        {
            foreach (var body in bodies)
            {
                var answer = await SendAsync(caller, Method(route), Address(route), body);
                Assert.True((int)answer.StatusCode < 500, $"{route.DisplayName}: {body[..Math.Min(200, body.Length)]} gave {answer.StatusCode}");
                Assert.NotEqual(JsonValueKind.Undefined, (await answer.JsonAsync()).ValueKind);
            }
        }
    }

    private RouteEndpoint[] Routes() =>
        [.. _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))];

    private static string Method(RouteEndpoint route) => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];

    private static string Address(RouteEndpoint route, string id = "no_such_id") => route.RoutePattern.RawText!.Replace(ManagementEndpoints.Id, id, StringComparison.Ordinal);

    private HttpClient Caller(string key)
    {
        var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<JsonElement> CreateAsync(HttpClient client, string json)
    {
        var answer = await SendAsync(client, "POST", "/api/v1/keys", json);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.JsonAsync();
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string address, string json) => client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address)
    {
        Content = method is "POST" or "PUT" ? new StringContent(json, Encoding.UTF8, "application/json") : null,
    });
}
