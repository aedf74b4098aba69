using System.Net;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Management;
using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Management;

public sealed class AuditTests
{
    [Fact]
    public async Task Every_act_is_listed_with_who_did_it_and_by_which_request()
    {
        using var gateway = new ManagementGateway("Admin");
        var own = (await gateway.Caller.ReadAsync("/api/v1/keys"))[0].Text("id");
        var made = await gateway.Caller.CallAsync("POST", "/api/v1/keys", """{"name":"checkout"}""");
        var id = (await made.JsonAsync()).Text("id");
        await gateway.Caller.DeleteAsync("/api/v1/keys/" + id);
        await gateway.Caller.CallAsync("PUT", "/api/v1/settings", """{"sensitivity":"high"}""");

        var events = await gateway.Caller.ReadAsync("/api/v1/audit?target=" + id);
        Assert.Equal(["api_key.revoked", "api_key.created"], events.Texts("action"));
        Assert.Equal([own, own], events.Texts("actor"));
        Assert.Equal(made.Header("X-Request-Id"), events[1].Text("request_id"));

        var all = await gateway.Caller.ReadAsync("/api/v1/audit");
        Assert.Equal("account.settings_changed", all[0].Text("action"));
        var last = all[0].GetProperty("sequence").GetInt64();
        Assert.Equal(all.Texts("action").Skip(1).Take(1), (await gateway.Caller.ReadAsync($"/api/v1/audit?limit=1&before={last}")).Texts("action"));
        Assert.Equal(["api_key.revoked"], (await gateway.Caller.ReadAsync($"/api/v1/audit?action=api_key.revoked&actor={own}&start_date=2020-01-01&request_id={events[0].Text("request_id")}")).Texts("action"));
        await (await gateway.Caller.GetAsync("/api/v1/audit?before=0")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
        await (await gateway.Caller.GetAsync("/api/v1/audit?who=me")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
    }

    [Fact]
    public async Task A_changed_event_shows_in_the_status()
    {
        using var folder = new TemporaryFolder();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await using var installation = await TestInstallation.OpenAsync(new() { DataDirectory = folder.Path }, clock: clock);
        using var reader = new AuditStatusReader(installation.Get<LockLLM.Gateway.RequestLog.AuditTrail>(), clock);
        var whole = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(whole.Intact && whole.Events > 1 && whole.BrokenAt is null);

        await installation.Database.ChangeAsync<int>(
            async (context, token) => await context.Database.ExecuteSqlAsync($"UPDATE audit_events SET actor = 'mem_other' WHERE sequence = 2", token), TestContext.Current.CancellationToken);
        Assert.Same(whole, await reader.ReadAsync(TestContext.Current.CancellationToken));
        clock.Advance(TimeSpan.FromSeconds(10));
        var broken = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((false, 2L, 1L), (broken.Intact, broken.BrokenAt, broken.Events));
    }

    [Fact]
    public async Task The_status_is_served()
    {
        using var gateway = new ManagementGateway("Admin");
        var status = await gateway.Caller.ReadAsync("/api/v1/audit/status");
        Assert.True(status.GetProperty("intact").GetBoolean());
        Assert.Equal(0, status.GetProperty("dropped").GetInt64());
        Assert.False(status.Has("problem"));
    }
}
