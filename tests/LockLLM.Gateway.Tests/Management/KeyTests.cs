using System.Globalization;
using System.Net;
using System.Text.Json;

namespace LockLLM.Gateway.Tests.Management;

public sealed class KeyTests
{
    [Fact]
    public async Task A_key_with_limits_cannot_make_one_without()
    {
        using var gateway = new ManagementGateway();
        var limited = await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"limited","requests_per_minute":1000}""");
        using var client = gateway.With(limited.Text("key"));
        await (await client.CallAsync("POST", "/api/v1/keys", """{"name":"free"}""")).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        await (await client.CallAsync("PUT", "/api/v1/keys/" + limited.Text("id"), """{"name":"free"}""")).ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/keys")).StatusCode);
    }

    [Fact]
    public async Task A_key_lives_from_creation_to_revocation()
    {
        using var gateway = new ManagementGateway();
        var created = await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"checkout"}""");
        var (id, secret) = (created.Text("id"), created.Text("key"));
        Assert.Equal((secret[^4..], "active"), (created.Text("last4"), created.Text("status")));
        using var first = gateway.With(secret);
        await (await first.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        var rotated = await gateway.Caller.CreateAsync($"/api/v1/keys/{id}/rotate", """{"grace_hours":1}""");
        using var second = gateway.With(rotated.Text("key"));
        await (await first.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        await (await second.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        var list = await gateway.Caller.ReadAsync("/api/v1/keys");
        Assert.Equal(JsonValueKind.Array, list.ValueKind);
        Assert.DoesNotContain(secret, list.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("replaced", list.EnumerateArray().Single(key => key.Text("id") == id).Text("status"));

        var revoked = await (await gateway.Caller.DeleteAsync("/api/v1/keys/" + id)).JsonAsync();
        Assert.Equal("revoked", revoked.Text("status"));
        await (await first.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await second.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        await (await gateway.Caller.CallAsync("POST", $"/api/v1/keys/{id}/rotate")).ErrorAsync(HttpStatusCode.Conflict, "key_not_active");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(73)]
    [InlineData(int.MaxValue)]
    public async Task A_grace_outside_of_three_days_is_refused(int hours)
    {
        using var gateway = new ManagementGateway();
        var id = (await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"checkout"}""")).Text("id");
        var error = await (await gateway.Caller.CallAsync("POST", $"/api/v1/keys/{id}/rotate", $$"""{"grace_hours":{{hours.ToString(CultureInfo.InvariantCulture)}}}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        Assert.Equal("grace_hours", error.Text("param"));
        Assert.Equal("active", (await gateway.Caller.ReadAsync("/api/v1/keys/" + id)).Text("status"));
    }

    [Fact]
    public async Task The_limits_of_a_key_can_be_replaced_and_hold()
    {
        using var gateway = new ManagementGateway();
        var created = await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"checkout","requests_per_minute":1,"allowed_networks":["127.0.0.1"],"allowed_providers":["openai"],"expires_at":"2999-01-01T00:00:00Z"}""");
        var address = "/api/v1/keys/" + created.Text("id");
        using var client = gateway.With(created.Text("key"));
        await (await client.ScanAsync("""{"input":"a"}""")).VerdictAsync();
        await (await client.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");

        await (await gateway.Caller.CallAsync("PUT", address, """{"name":"checkout","allowed_networks":["203.0.113.7"]}""")).JsonAsync();
        await (await client.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        var plain = await (await gateway.Caller.CallAsync("PUT", address, """{"name":"till"}""")).JsonAsync();
        Assert.Equal("till", plain.Text("name"));
        Assert.False(plain.Has("requests_per_minute") || plain.Has("allowed_networks") || plain.Has("allowed_providers") || plain.Has("expires_at"));
        await (await client.ScanAsync("""{"input":"a"}""")).VerdictAsync();

        Assert.Equal("disabled", (await (await gateway.Caller.CallAsync("PUT", address, """{"name":"till","enabled":false}""")).JsonAsync()).Text("status"));
        await (await client.ScanAsync("""{"input":"a"}""")).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("active", (await (await gateway.Caller.CallAsync("PUT", address, """{"name":"till","enabled":true}""")).JsonAsync()).Text("status"));
        Assert.Equal("disabled", (await gateway.Caller.CreateAsync("/api/v1/keys", """{"name":"later","enabled":false}""")).Text("status"));
        await (await client.ScanAsync("""{"input":"a"}""")).VerdictAsync();
    }

    [Fact]
    public async Task A_providers_secret_goes_in_and_never_comes_out()
    {
        using var gateway = new ManagementGateway();
        var body = $$"""{"provider":"openai","api_key":"{{ManagementGateway.ProviderSecret}}","nickname":"eu"}""";
        var made = await gateway.Caller.CallAsync("POST", "/api/v1/proxy", body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var address = "/api/v1/proxy/" + (await made.JsonAsync()).Text("id");
        await (await gateway.Caller.CallAsync("POST", "/api/v1/proxy", body)).ErrorAsync(HttpStatusCode.Conflict, "duplicate_key");
        var updated = await gateway.Caller.CallAsync("PUT", address, """{"enabled":false}""");
        Assert.False((await updated.JsonAsync()).GetProperty("enabled").GetBoolean());
        foreach (var answer in (HttpResponseMessage[])[made, updated, await gateway.Caller.GetAsync(address), await gateway.Caller.GetAsync("/api/v1/proxy")])
        {
            Assert.DoesNotContain(ManagementGateway.ProviderSecret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("{}", await (await gateway.Caller.DeleteAsync(address)).Content.ReadAsStringAsync());
        await (await gateway.Caller.GetAsync(address)).ErrorAsync(HttpStatusCode.NotFound, "key_not_found");
    }

    [Fact]
    public async Task One_provider_key_is_the_default_and_another_host_needs_the_secret_again()
    {
        using var gateway = new ManagementGateway();
        var first = (await gateway.Caller.CreateAsync("/api/v1/proxy", Key("a", true))).Text("id");
        var second = (await gateway.Caller.CreateAsync("/api/v1/proxy", Key("b", true))).Text("id");
        Assert.False((await gateway.Caller.ReadAsync("/api/v1/proxy/" + first)).GetProperty("default").GetBoolean());
        Assert.True((await gateway.Caller.ReadAsync("/api/v1/proxy/" + second)).GetProperty("default").GetBoolean());
        var error = await (await gateway.Caller.CallAsync("PUT", "/api/v1/proxy/" + first, """{"endpoint_url":"https://elsewhere.example.com/v1"}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");
        Assert.Equal("api_key", error.Text("param"));
        await (await gateway.Caller.CallAsync("POST", "/api/v1/proxy", """{"provider":"openai","api_key":"sk-0123456789","nickname":"c","endpoint_url":"http://169.254.169.254/v1"}""")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_input");

        static string Key(string nickname, bool isDefault) =>
            $$"""{"provider":"openai","api_key":"{{ManagementGateway.ProviderSecret}}","nickname":"{{nickname}}","default":{{(isDefault ? "true" : "false")}}}""";
    }

    [Fact]
    public async Task A_provider_says_whether_its_key_works()
    {
        await using var provider = await FakeProvider.StartAsync();
        using var gateway = new ManagementGateway(configure: factory => factory.Settings["LockLLM:Egress:AllowPrivateNetworks"] = "true");
        var id = (await gateway.Caller.CreateAsync("/api/v1/proxy", $$"""{"provider":"openai","api_key":"{{ManagementGateway.ProviderSecret}}","endpoint_url":"{{provider.Address}}/v1"}""")).Text("id");

        provider.Answer = FakeProvider.Json("""{"data":[]}""");
        var good = await gateway.Caller.CallAsync("POST", $"/api/v1/proxy/{id}/verify");
        Assert.Equal("""{"works":true}""", await good.Content.ReadAsStringAsync());

        provider.Answer = FakeProvider.Json("""{"error":{"message":"no"}}""", 401);
        var bad = await (await gateway.Caller.CallAsync("POST", $"/api/v1/proxy/{id}/verify")).JsonAsync();
        Assert.Equal((false, "provider_key_rejected"), (bad.GetProperty("works").GetBoolean(), bad.Text("code")));
        await (await gateway.Caller.CallAsync("POST", "/api/v1/proxy/pk_0/verify")).ErrorAsync(HttpStatusCode.NotFound, "key_not_found");
    }
}
