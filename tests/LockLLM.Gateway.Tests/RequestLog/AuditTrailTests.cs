using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Tests.RequestLog;

public sealed class AuditTrailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Acts_and_secret_accesses_form_one_chain()
    {
        await using var installation = await OpenAsync();
        await installation.RunAsync();
        var audit = installation.Get<AuditTrail>();
        var before = (await audit.VerifyAsync(CancellationToken.None)).Events;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            audit.Add(new AuditEvent("provider_key.opened", installation.Account, "key_a", "pk_a", "req_" + i));
            Assert.Null((await installation.Keys.CreateAsync(installation.Account, new ApiKeyDraft("key " + i), "mem_a", "req_" + i, CancellationToken.None)).Error);
        }));
        await installation.StopAsync();
        var check = await audit.VerifyAsync(CancellationToken.None);
        Assert.Equal((true, before + 40), (check.IsIntact, check.Events));
    }

    [Theory]
    [InlineData("UPDATE audit_events SET actor = 'mem_other' WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit_events SET at = at + 1 WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit_events SET detail = 'x' WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit_events SET hash = zeroblob(32) WHERE sequence = 3", 3)]
    [InlineData("DELETE FROM audit_events WHERE sequence = 3", 3)]
    [InlineData("DELETE FROM audit_events WHERE sequence > 3", 4)]
    [InlineData("DELETE FROM audit_events", 1)]
    [InlineData("DELETE FROM audit_heads", 1)]
    public async Task What_was_changed_behind_its_back_is_found(string change, long brokenAt)
    {
        await using var installation = await WithEventsAsync();
        var audit = installation.Get<AuditTrail>();
        Assert.True((await audit.VerifyAsync(CancellationToken.None)).IsIntact);
        await ExecuteAsync(installation, change);
        var check = await audit.VerifyAsync(CancellationToken.None);
        Assert.Equal((false, brokenAt), (check.IsIntact, check.BrokenAt!.Value));
        Assert.NotEmpty(check.Problem!);
    }

    [Fact]
    public async Task A_chain_cut_short_with_a_fitting_end_lacks_the_signature()
    {
        await using var installation = await WithEventsAsync();
        await ExecuteAsync(installation, "DELETE FROM audit_events WHERE sequence > 3");
        await ExecuteAsync(installation, "UPDATE audit_heads SET sequence = 3, hash = (SELECT hash FROM audit_events WHERE sequence = 3)");
        var check = await installation.Get<AuditTrail>().VerifyAsync(CancellationToken.None);
        Assert.Equal((false, 3L), (check.IsIntact, check.BrokenAt!.Value));
    }

    [Fact]
    public async Task A_chain_written_anew_without_the_key_is_found()
    {
        await using var installation = await WithEventsAsync();
        await installation.Database.ChangeAsync<bool>(
            async (context, token) =>
            {
                var rows = await context.AuditEvents.AsNoTracking().OrderBy(row => row.Sequence).ToListAsync(token);
                var head = await context.AuditHeads.SingleAsync(token);
                var previous = new byte[32];
                foreach (var row in rows)
                {
                    var actor = row.Sequence == 2 ? "mem_forged" : row.Actor;
                    var hash = AuditTrail.Hash(previous, row.Sequence, row.At, new AuditEvent(row.Action, row.AccountId, actor, row.Target, row.RequestId, row.Detail));
                    await context.Database.ExecuteSqlAsync($"UPDATE audit_events SET actor = {actor}, previous_hash = {previous}, hash = {hash} WHERE sequence = {row.Sequence}", token);
                    previous = hash;
                }

                head.Hash = previous;
                return true;
            },
            CancellationToken.None);
        var check = await installation.Get<AuditTrail>().VerifyAsync(CancellationToken.None);
        Assert.False(check.IsIntact);
        Assert.Contains("signature", check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_longer_than_a_page_is_read_whole()
    {
        await using var installation = await OpenAsync();
        var audit = installation.Get<AuditTrail>();
        var events = Enumerable.Range(0, 2500).Select(i => new QueuedEvent(new AuditEvent("test.done", null, AuditEvent.SystemActor, "t" + i), DateTimeOffset.UnixEpoch.AddMinutes(i))).ToList();
        await AppendAsync(installation, events);
        var check = await audit.VerifyAsync(CancellationToken.None);
        Assert.True(check.IsIntact);
        Assert.True(check.Events >= 2500);
        await ExecuteAsync(installation, "UPDATE audit_events SET target = 't' WHERE sequence = 2400");
        Assert.Equal(2400, (await audit.VerifyAsync(CancellationToken.None)).BrokenAt);
    }

    private async Task<TestInstallation> WithEventsAsync()
    {
        var installation = await OpenAsync();
        await AppendAsync(installation, [.. Enumerable.Range(0, 10).Select(i => new QueuedEvent(new AuditEvent("test.done", installation.Account, "mem_a", "t" + i), DateTimeOffset.UnixEpoch.AddMinutes(i)))]);
        return installation;
    }

    private static Task<Outcome<bool>> AppendAsync(TestInstallation installation, List<QueuedEvent> events) => installation.Database.ChangeAsync<bool>(
        async (context, token) =>
        {
            await installation.Get<AuditTrail>().AppendAsync(context, events, token);
            return true;
        },
        CancellationToken.None);

    private static async Task ExecuteAsync(TestInstallation installation, string sql)
    {
        await using var context = installation.Database.CreateContext();
        Assert.True(await context.Database.ExecuteSqlRawAsync(sql) > 0);
    }

    private Task<TestInstallation> OpenAsync() => TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });
}
