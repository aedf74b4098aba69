using System.Data.Common;
using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Stores.Tests;

/// <summary>What the stores do, whatever database they stand on.</summary>
public abstract class StoreExpectations : IAsyncLifetime
{
    private const string Actor = "mem_test";
    private const string OpenAiSecret = "sk-stores-0123456789abcdefghijklmnop-OPENAI";

    private readonly TemporaryFolder _folder = new();
    private readonly string _masterKey = MasterKey.Generate().ToBase64();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<TestInstallation> _installations = [];
    private DatabaseOptions _database = new();

    private protected string Folder => _folder.Path;

    private protected abstract Task<DatabaseOptions> CreateDatabaseAsync();

    public async ValueTask InitializeAsync() => _database = await CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var installation in _installations)
        {
            await installation.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Sums_of_hours_are_those_of_the_records_also_when_two_gateways_write()
    {
        var random = new Random(7);
        var now = _clock.GetUtcNow();
        RequestRecord[] records =
        [
            .. Enumerable.Range(0, 3000).Select(i => new RequestRecord
            {
                Id = Ids.NewRecord(now), AccountId = random.Next(4) == 0 ? "acc_b" : "acc_a", CreatedAt = now - TimeSpan.FromMinutes(random.Next(6 * 24 * 60)), Kind = RequestKind.ProxyRequest,
                Status = (RequestStatus)random.Next(3), RequestId = "req_sum", ApiKeyId = random.Next(4) is > 0 and var key ? "key_" + key : null, Provider = random.Next(3) > 0 ? "openai" : null,
                IsSafe = random.Next(3) switch { 0 => false, 1 => true, _ => null }, ThreatCategory = random.Next(2) == 0 ? "jailbreak" : null, ScanMilliseconds = i % 5 == 0 ? null : random.Next(1, 100),
            }),
        ];
        TestInstallation[] nodes = [await OpenAsync(), await OpenAsync()];
        await Task.WhenAll(nodes.Select((node, n) => Task.WhenAll(records.Where((_, i) => i % 2 == n).Chunk(100).Select(batch => WriteAsync(node, batch)))));

        var range = UsageRange.Parse("7d", now);
        var usage = await new UsageStore(nodes[0].Database).ReadAsync("acc_a", range, default);
        RequestRecord[] own = [.. records.Where(record => record.AccountId == "acc_a")];
        Assert.Equal(
            new UsageTotals(own.Length, own.Count(record => record.IsSafe == false), own.Count(record => record is { IsSafe: false, Status: RequestStatus.Failure }), own.Count(record => record.Status == RequestStatus.Error)),
            usage.Totals);
        Assert.Equal(
            Enumerable.Range(0, range.Buckets).Select(step => (long)own.Count(record => record.CreatedAt >= range.From + (range.BucketWidth * step) && record.CreatedAt < range.From + (range.BucketWidth * (step + 1)))),
            usage.Series.Select(step => step.Requests));
        Assert.Equal(own.Count(record => record is { IsSafe: false, ThreatCategory: "jailbreak" }), Assert.Single(usage.Categories).Threats);
        // Of steps shorter than an hour the records themselves are asked.
        var last = UsageRange.Parse("1h", now);
        var minutes = await new UsageStore(nodes[0].Database).ReadAsync("acc_a", last, default);
        RequestRecord[] recent = [.. own.Where(record => record.CreatedAt >= last.From && record.CreatedAt < last.To)];
        Assert.Equal((recent.Length, recent.Count(record => record.IsSafe == false)), (minutes.Totals.Requests, minutes.Totals.Threats));
        Assert.Equal(recent.Count(record => record.Provider is not null), minutes.Providers.Sum(provider => provider.Requests));
        Assert.Equal(own.Where(record => record.ApiKeyId is not null).CountBy(record => record.ApiKeyId!).Select(key => (key.Key, (long)key.Value)).Order(), usage.Keys.Select(share => (share.Name, share.Requests)).Order());
        Assert.Equal(own.Count(record => record.Provider is not null), Assert.Single(usage.Providers).Requests);
        double[] times = [.. own.Where(record => record.ScanMilliseconds is not null).Select(record => record.ScanMilliseconds!.Value).Order()];
        Assert.InRange(usage.ScanMilliseconds.P95!.Value, times[(int)Math.Ceiling(times.Length * 0.95) - 1] * 0.98, times[(int)Math.Ceiling(times.Length * 0.95) - 1] * 1.02);

        // The sums go with the records: of hours that are over, no other account's.
        await nodes[0].Database.ChangeAsync<int>(async (context, token) => await UsageSumStore.DeleteAsync(context, "acc_a", [], now - TimeSpan.FromDays(2), token), default);
        var later = await new UsageStore(nodes[0].Database).ReadAsync("acc_a", range, default);
        Assert.Equal(own.LongCount(record => record.CreatedAt >= now - TimeSpan.FromDays(2)), later.Totals.Requests);
        Assert.Equal(records.Length - own.Length, (await new UsageStore(nodes[0].Database).ReadAsync("acc_b", range, default)).Totals.Requests);
        await nodes[0].Database.ChangeAsync<int>(async (context, token) => await UsageSumStore.DeleteAsync(context, null, ["acc_b"], now + TimeSpan.FromDays(2), token), default);
        Assert.Equal((0L, null), (await new UsageStore(nodes[0].Database).ReadAsync("acc_a", range, default)) switch { var none => (none.Totals.Requests, none.ScanMilliseconds.P50) });
        Assert.Equal(records.Length - own.Length, (await new UsageStore(nodes[0].Database).ReadAsync("acc_b", range, default)).Totals.Requests);

        static Task WriteAsync(TestInstallation node, RequestRecord[] batch) => node.Database.ChangeAsync<bool>(
            async (context, token) =>
            {
                context.Insert(batch, token);
                await UsageSumStore.AddAsync(context, batch, token);
                return true;
            },
            default);
    }

    [Fact]
    public async Task A_key_is_shown_once_listed_and_found()
    {
        var node = await OpenAsync();
        var draft = new ApiKeyDraft(" production ") { RequestsPerMinute = 7, AllowedProviders = ["OpenAI"], AllowedNetworks = ["203.0.113.7", "2001:db8::/32"], ExpiresAt = _clock.GetUtcNow().AddDays(1) };
        var created = (await node.Keys.CreateAsync(node.Account, draft, Actor, "req_1", default)).Value!;
        var listed = (await node.Keys.ListAsync(node.Account, default)).Single(key => key.Id == created.Key.Id);
        Assert.Equal(("production", created.Secret[^4..], _clock.GetUtcNow(), ApiKeyStatus.Active, (int?)7), (listed.Name, listed.Last4, listed.CreatedAt, listed.StatusAt(_clock.GetUtcNow()), listed.RequestsPerMinute));
        Assert.Equal(["openai"], listed.AllowedProviders);
        Assert.Equal(2, listed.AllowedNetworks.Count);
        Assert.Equal(created.Key.Id, node.Keys.Find(created.Secret)?.Key.Id);
        Assert.DoesNotContain(created.Secret, created.ToString(), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(ApiKeyStatus.Expired, node.Keys.Find(created.Secret)!.Key.StatusAt(_clock.GetUtcNow()));
    }

    [Fact]
    public async Task When_a_key_was_used_is_written_later()
    {
        var node = await OpenAsync();
        var key = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("used"), Actor, null, default)).Value!.Key;
        node.Get<LastUse>().OfApiKey(key.Id, _clock.GetUtcNow());
        await node.Get<LastUse>().WriteAsync(default);
        Assert.Equal(_clock.GetUtcNow(), (await node.Keys.ListAsync(node.Account, default)).Single(listed => listed.Id == key.Id).LastUsedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(72)]
    public async Task A_rotated_key_is_accepted_until_its_grace_ends(int hours)
    {
        var node = await OpenAsync();
        var former = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("rotated") { RequestsPerMinute = 9 }, Actor, null, default)).Value!;
        var next = (await node.Keys.RotateAsync(node.Account, former.Key.Id, TimeSpan.FromHours(hours), Actor, null, default)).Value!;
        Assert.NotEqual(former.Secret, next.Secret);
        Assert.Equal(("rotated", (int?)9), (next.Key.Name, next.Key.RequestsPerMinute));
        Assert.Equal(ApiKeyStatus.Replaced, node.Keys.Find(former.Secret)!.Key.StatusAt(_clock.GetUtcNow()));
        Assert.Equal(ErrorCode.KeyNotActive, (await node.Keys.RotateAsync(node.Account, former.Key.Id, TimeSpan.Zero, Actor, null, default)).Error!.Code);
        _clock.Advance(TimeSpan.FromHours(hours) - TimeSpan.FromTicks(1));
        Assert.True(node.Keys.Find(former.Secret)!.Key.IsAcceptedAt(_clock.GetUtcNow()));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(node.Keys.Find(former.Secret)!.Key.IsAcceptedAt(_clock.GetUtcNow()));
        Assert.True(node.Keys.Find(next.Secret)!.Key.IsAcceptedAt(_clock.GetUtcNow()));
    }

    [Fact]
    public async Task Without_grace_the_former_key_ends_at_once_and_more_than_72_hours_are_refused()
    {
        var node = await OpenAsync();
        var former = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("rotated"), Actor, null, default)).Value!;
        Assert.Equal(ErrorCode.InvalidInput, (await node.Keys.RotateAsync(node.Account, former.Key.Id, TimeSpan.FromHours(72.01), Actor, null, default)).Error!.Code);
        Assert.Null((await node.Keys.RotateAsync(node.Account, former.Key.Id, TimeSpan.Zero, Actor, null, default)).Error);
        Assert.Null(node.Keys.Find(former.Secret));
    }

    [Fact]
    public async Task A_revoked_key_is_gone_at_once_and_for_good()
    {
        var node = await OpenAsync();
        var key = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("revoked"), Actor, null, default)).Value!;
        var first = (await node.Keys.RevokeAsync(node.Account, key.Key.Id, Actor, null, default)).Value!;
        Assert.Null(node.Keys.Find(key.Secret));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(first.RevokedAt, (await node.Keys.RevokeAsync(node.Account, key.Key.Id, Actor, null, default)).Value!.RevokedAt);
        Assert.Equal(ApiKeyStatus.Revoked, (await node.Keys.UpdateAsync(node.Account, key.Key.Id, new ApiKeyDraft("again") { IsEnabled = true }, Actor, null, default)).Value!.StatusAt(_clock.GetUtcNow()));
        Assert.Null(node.Keys.Find(key.Secret));
    }

    [Fact]
    public async Task An_account_sees_and_changes_nothing_of_another()
    {
        var node = await OpenAsync();
        var key = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("mine"), Actor, null, default)).Value!.Key;
        var provider = await StoreAsync(node, "openai", OpenAiSecret);
        var other = await node.Get<AccountStore>().CreateAsync("Other", AccountSettings.Default, Actor, default);
        Assert.Empty(await node.Keys.ListAsync(other, default));
        Assert.Empty(await node.ProviderKeys.ListAsync(other, default));
        Assert.Equal(ErrorCode.KeyNotFound, (await node.Keys.RevokeAsync(other, key.Id, Actor, null, default)).Error!.Code);
        Assert.Equal(ErrorCode.KeyNotFound, (await node.Keys.RotateAsync(other, key.Id, TimeSpan.Zero, Actor, null, default)).Error!.Code);
        Assert.Equal(ErrorCode.KeyNotFound, (await node.ProviderKeys.FindAsync(other, provider.Id, default)).Error!.Code);
        Assert.Equal(ErrorCode.KeyNotFound, (await node.ProviderKeys.UpdateAsync(other, provider.Id, new ProviderKeyDraft { IsEnabled = false }, Actor, null, default)).Error!.Code);
        Assert.Equal(ErrorCode.KeyNotFound, (await node.ProviderKeys.DeleteAsync(other, provider.Id, Actor, null, default)).Error!.Code);
    }

    [Fact]
    public async Task Of_several_provider_keys_the_enabled_default_is_used_else_the_newest()
    {
        var node = await OpenAsync();
        var one = await StoreAsync(node, "openai", OpenAiSecret, "one", isDefault: true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var two = await StoreAsync(node, "openai", OpenAiSecret, "two");
        _clock.Advance(TimeSpan.FromSeconds(1));
        var three = await StoreAsync(node, "openai", OpenAiSecret, "three");
        Assert.Equal(one.Id, Chosen(node)?.Id);
        Assert.Null((await node.ProviderKeys.UpdateAsync(node.Account, two.Id, new ProviderKeyDraft { IsDefault = true }, Actor, null, default)).Error);
        Assert.Equal(two.Id, Chosen(node)?.Id);
        Assert.Single(await node.ProviderKeys.ListAsync(node.Account, default), static key => key.IsDefault);
        await node.ProviderKeys.UpdateAsync(node.Account, two.Id, new ProviderKeyDraft { IsEnabled = false }, Actor, null, default);
        Assert.Equal(three.Id, Chosen(node)?.Id);
        Assert.Equal(one.Id, node.Snapshots.Find(node.Account)!.FindProviderKey("OpenAI", "ONE")?.Id);
        Assert.Equal(ErrorCode.DuplicateKey, (await node.ProviderKeys.CreateAsync(node.Account, Draft("openai", OpenAiSecret, "one"), Actor, null, default)).Error!.Code);
        await node.ProviderKeys.DeleteAsync(node.Account, three.Id, Actor, null, default);
        Assert.Equal(one.Id, Chosen(node)?.Id);
    }

    [Fact]
    public async Task A_provider_key_stays_with_the_host_it_was_given_for()
    {
        var node = await OpenAsync();
        var stored = await StoreAsync(node, "openai", OpenAiSecret);
        Assert.Equal(("api.openai.com", OpenAiSecret[^4..]), (stored.Host, stored.Last4));
        var moved = new ProviderKeyDraft { EndpointUrl = "https://elsewhere.example.com/v1" };
        Assert.Equal("api_key", (await node.ProviderKeys.UpdateAsync(node.Account, stored.Id, moved, Actor, null, default)).Error!.Param);
        Assert.Equal("api.openai.com", (await node.ProviderKeys.FindAsync(node.Account, stored.Id, default)).Value!.Host);
        var again = (await node.ProviderKeys.UpdateAsync(node.Account, stored.Id, moved with { ApiKey = "sk-another-secret-for-elsewhere" }, Actor, null, default)).Value!;
        Assert.Equal(("elsewhere.example.com", "sk-another-secret-for-elsewhere"), (again.Host, node.Vault.Open(again, "req_1").Value!.Secret));
    }

    [Theory]
    [InlineData("https://127.0.0.1/v1")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("http://models.example.com/")]
    [InlineData("https://localhost/")]
    public async Task An_endpoint_that_is_not_public_is_not_stored(string url)
    {
        var node = await OpenAsync();
        Assert.Equal("endpoint_url", (await node.ProviderKeys.CreateAsync(node.Account, Draft("custom", OpenAiSecret) with { EndpointUrl = url }, Actor, null, default)).Error!.Param);
    }

    [Fact]
    public async Task What_one_node_changes_the_other_shows()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await two.RunAsync();
        var key = (await one.Keys.CreateAsync(one.Account, new ApiKeyDraft("shared"), Actor, null, default)).Value!;
        await UntilAsync(() => two.Keys.Find(key.Secret) is not null);
        await one.Keys.RevokeAsync(one.Account, key.Key.Id, Actor, null, default);
        await UntilAsync(() => two.Keys.Find(key.Secret) is null);
    }

    [Fact]
    public async Task Ten_that_start_at_once_make_one_installation()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OpenAsync(clock: TimeProvider.System)));
        Assert.Single(nodes.Select(static node => node.Account).Distinct());
        Assert.Single(nodes, static node => node.Printed.Contains("llm_", StringComparison.Ordinal));
        Assert.Single(await nodes[0].Keys.ListAsync(nodes[0].Account, default));
    }

    [Fact]
    public async Task Changes_at_once_are_all_made()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : two).Keys.CreateAsync(one.Account, new ApiKeyDraft("k" + i), Actor, null, default)));
        Assert.All(created, static outcome => Assert.Null(outcome.Error));
        Assert.Equal(21, (await one.Keys.ListAsync(one.Account, default)).Count);
        Assert.Null((await one.Get<AuditTrail>().VerifyAsync(default)).Problem);
    }

    [Fact]
    public async Task Acts_are_in_the_audit_trail_and_a_change_to_it_shows()
    {
        var node = await OpenAsync();
        await node.RunAsync();
        var key = await StoreAsync(node, "openai", OpenAiSecret);
        node.Vault.Open(key, "req_opened", "key_caller");
        await node.StopAsync();
        var audit = node.Get<AuditTrail>();
        var check = await audit.VerifyAsync(default);
        Assert.True(check.IsIntact, check.Problem);
        var events = await node.Database.ReadAsync(static (context, token) => context.AuditEvents.OrderBy(static row => row.Sequence).ToListAsync(token), default);
        Assert.Equal(events.Count, check.Events);
        Assert.Contains(events, row => row is { Action: "provider_key.created", Actor: Actor } && row.Target == key.Id);
        Assert.Contains(events, row => row is { Action: "provider_key.opened", Actor: "key_caller", RequestId: "req_opened" } && row.Target == key.Id);

        await ExecuteAsync(node, "UPDATE audit_events SET actor = 'nobody' WHERE sequence = 2");
        Assert.Equal((1L, 2L), Broken(await audit.VerifyAsync(default)));
        await ExecuteAsync(node, "DELETE FROM audit_events WHERE sequence = 2");
        Assert.Equal((1L, 2L), Broken(await audit.VerifyAsync(default)));
        await ExecuteAsync(node, "DELETE FROM audit_events WHERE sequence >= 2");
        Assert.Equal((1L, 2L), Broken(await audit.VerifyAsync(default)));
    }

    [Fact]
    public async Task A_stolen_database_holds_no_secret()
    {
        var node = await OpenAsync();
        var created = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft("stolen"), Actor, null, default)).Value!.Secret;
        await StoreAsync(node, "openai", OpenAiSecret);
        var next = MasterKey.Generate();
        await RotateAsync(node, next);
        string[] secrets = [created, OpenAiSecret, _masterKey, next.ToBase64()];
        var cells = await CellsAsync(node);
        Assert.Contains(cells, static cell => cell.Column == "provider_keys.nickname");
        foreach (var secret in secrets)
        {
            var raw = Encoding.UTF8.GetBytes(secret);
            byte[][] spellings = [raw, Encoding.UTF8.GetBytes(Convert.ToBase64String(raw)), Encoding.UTF8.GetBytes(Convert.ToHexStringLower(raw))];
            Assert.DoesNotContain(cells, cell => spellings.Any(spelling => cell.Value.AsSpan().IndexOf(spelling) >= 0));
        }

        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.All(secrets, secret => Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, file));
        }
    }

    [Fact]
    public async Task A_secret_that_was_tampered_with_or_moved_does_not_open()
    {
        var node = await OpenAsync();
        var one = await StoreAsync(node, "openai", OpenAiSecret);
        var two = await StoreAsync(node, "anthropic", "sk-ant-another-secret-0123456789");
        Assert.True(one.Secret.TrySplit(out var keyId, out var wrapped, out var content));

        // Every byte of nonce, ciphertext and tag, of both layers.
        for (var i = 0; i < wrapped.Length + content.Length; i++)
        {
            var (changedKey, changed) = ((byte[])wrapped.Clone(), (byte[])content.Clone());
            (i < wrapped.Length ? changedKey : changed)[i < wrapped.Length ? i : i - wrapped.Length] ^= 1;
            Assert.NotNull(node.Vault.Open(one with { Secret = SealedSecret.Join(keyId, changedKey, changed) }, "req_1").Error);
        }

        // What it is bound to: row, owner, and the key it names.
        Assert.NotNull(node.Vault.Open(one with { Id = two.Id }, "req_1").Error);
        Assert.NotNull(node.Vault.Open(one with { AccountId = "acc_other" }, "req_1").Error);
        Assert.NotNull(node.Vault.Open(one with { Secret = two.Secret }, "req_1").Error);
        Assert.NotNull(node.Vault.Open(one with { Secret = SealedSecret.Join("mk_other", wrapped, content) }, "req_1").Error);
        Assert.Equal(OpenAiSecret, node.Vault.Open(one, "req_1").Value!.Secret);

        await ExecuteAsync(node, $"UPDATE provider_keys SET secret = '{two.Secret.Text}' WHERE id = '{one.Id}'");
        var columns = node.Get<SealedColumns>();
        var (good, bad) = await columns.VerifyAsync(columns.Find().Single(static column => column.Table == "provider_keys"), default);
        Assert.Equal((1, one.Id), (good, Assert.Single(bad)));
    }

    [Fact]
    public async Task Columns_that_hold_secrets_are_sealed_or_known_not_to_lead_back()
    {
        var node = await OpenAsync();
        await StoreAsync(node, "openai", OpenAiSecret);
        await using var context = node.Database.CreateContext();
        var found = node.Get<SealedColumns>().Find().Select(static column => column.ToString()).ToList();
        Assert.Equal(["installation_secrets.value", "members.totp_secret", "provider_keys.secret"], found);

        // Hashes, and the public halves of keys; the handover is sealed under the former master key and so not rewrapped.
        string[] harmless =
        [
            "api_keys.verifier", "audit_events.hash", "audit_events.previous_hash", "audit_heads.hash", "audit_heads.signature", "invitations.token_hash",
            "master_keys.handover", "members.password_hash", "passkeys.credential_id", "passkeys.public_key", "recovery_codes.code_hash", "sessions.token_hash",
        ];
        string[] words = ["secret", "password", "token", "totp", "seed", "pepper", "credential", "verifier", "private", "key", "hash", "signature", "handover", "value"];
        var suspects = context.Model.GetEntityTypes().SelectMany(static type => type.GetProperties(), static (type, property) => (Type: type, Property: property))
            .Where(static column => column.Property.ClrType == typeof(string) || column.Property.ClrType == typeof(byte[]) || column.Property.ClrType == typeof(SealedSecret))
            .Select(static column => $"{column.Type.GetTableName()}.{column.Property.GetColumnName()}")
            .Where(name => words.Any(word => name.Split('.')[1].Contains(word, StringComparison.Ordinal)) && !name.EndsWith("_id", StringComparison.Ordinal))
            .Except(harmless).Except(found);
        Assert.Empty(suspects);

        // And what lies in the database as an envelope is in a column that was found.
        var sealedCells = (await CellsAsync(node)).Where(static cell => Encoding.UTF8.GetString(cell.Value).StartsWith("v1.mk_", StringComparison.Ordinal)).Select(static cell => cell.Column).Distinct().ToList();
        Assert.NotEmpty(sealedCells);
        Assert.Empty(sealedCells.Except(found));
    }

    [Fact]
    public async Task The_master_key_is_replaced_while_another_node_serves()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await two.RunAsync();
        var api = (await one.Keys.CreateAsync(one.Account, new ApiKeyDraft("kept"), Actor, null, default)).Value!.Secret;
        var stored = await StoreAsync(one, "openai", OpenAiSecret);
        var next = MasterKey.Generate();
        await RotateAsync(one, next);

        // The node that holds the former key only has followed, and seals under the new one.
        await UntilAsync(() => two.Snapshots.Find(two.Account)!.FindProviderKey("openai")?.Secret.MasterKeyId == next.Id);
        Assert.Equal(OpenAiSecret, two.Vault.Open(two.Snapshots.Find(two.Account)!.FindProviderKey("openai")!, "req_1").Value!.Secret);
        Assert.NotNull(two.Keys.Find(api));
        Assert.Equal(next.Id, (await StoreAsync(two, "anthropic", "sk-ant-stored-by-the-other-node")).Secret.MasterKeyId);

        // So has one that starts with the former key before the end, and one with the new key.
        Assert.NotNull((await OpenAsync()).Keys.Find(api));
        await one.Get<MasterKeyRotation>().FinishAsync(default);
        var renewed = await OpenAsync(next.ToBase64());
        Assert.NotNull(renewed.Keys.Find(api));
        Assert.Equal(OpenAiSecret, renewed.Vault.Open((await renewed.ProviderKeys.FindAsync(renewed.Account, stored.Id, default)).Value!, "req_1").Value!.Secret);
        await Assert.ThrowsAsync<LockLLM.Gateway.Errors.StartupRefusal>(() => OpenAsync());
    }

    [Fact]
    public async Task A_rotation_that_was_cut_off_is_carried_on()
    {
        var node = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await StoreAsync(node, "openai", OpenAiSecret, "n" + i);
        }

        var next = MasterKey.Generate();
        Assert.True(await node.Get<MasterKeyRotation>().BeginAsync(next, default));
        Assert.False(await node.Get<MasterKeyRotation>().BeginAsync(MasterKey.Generate(), default));

        // A new process with the former key.
        var again = await OpenAsync();
        Assert.True(await again.Get<MasterKeyRotation>().IsUnderWayAsync(default));
        var (good, bad) = await again.Get<MasterKeyRotation>().RewrapAsync(default);
        // Five keys of providers, and the installation's own two.
        Assert.Equal((7, 0), (good, bad.Count));
        Assert.Equal(0, (await again.Get<MasterKeyRotation>().RewrapAsync(default)).Good);
        await again.Get<MasterKeyRotation>().FinishAsync(default);
        Assert.False(await again.Get<MasterKeyRotation>().IsUnderWayAsync(default));
        Assert.All(await again.ProviderKeys.ListAsync(again.Account, default), key => Assert.Equal((next.Id, OpenAiSecret), (key.Secret.MasterKeyId, again.Vault.Open(key, "req_1").Value!.Secret)));
    }

    private static (long Good, long? At) Broken(AuditCheck check) => (check.Events, check.BrokenAt);

    private static ProviderKeyDraft Draft(string provider, string secret, string? nickname = null) => new() { Provider = provider, ApiKey = secret, Nickname = nickname };

    private static async Task<ProviderKeyEntry> StoreAsync(TestInstallation node, string provider, string secret, string? nickname = null, bool isDefault = false) =>
        (await node.ProviderKeys.CreateAsync(node.Account, Draft(provider, secret, nickname) with { IsDefault = isDefault }, Actor, null, default)).Value!;

    private static ProviderKeyEntry? Chosen(TestInstallation node) => node.Snapshots.Find(node.Account)!.FindProviderKey("openai");

    private static async Task RotateAsync(TestInstallation node, MasterKey next)
    {
        var rotation = node.Get<MasterKeyRotation>();
        Assert.True(await rotation.BeginAsync(next, default));
        Assert.Empty((await rotation.RewrapAsync(default)).Bad);
    }

    private static async Task ExecuteAsync(TestInstallation node, string statement)
    {
        await using var context = node.Database.CreateContext();
        await context.Database.ExecuteSqlRawAsync(statement);
    }

    // Everything that lies in the database, as bytes.
    private static async Task<List<(string Column, byte[] Value)>> CellsAsync(TestInstallation node)
    {
        await using var context = node.Database.CreateContext();
        var connection = context.Database.GetDbConnection();
        await context.Database.OpenConnectionAsync();
        var cells = new List<(string, byte[])>();
        foreach (var table in context.Model.GetEntityTypes().Select(static type => type.GetTableName()!).ToList())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using DbDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    cells.Add(($"{table}.{reader.GetName(i)}", reader.GetValue(i) is byte[] bytes ? bytes : Encoding.UTF8.GetBytes(Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture)!)));
                }
            }
        }

        return cells;
    }

    private protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 6000, "waited for two minutes");
            await Task.Delay(20);
        }
    }

    private async Task<TestInstallation> OpenAsync(string? masterKey = null, TimeProvider? clock = null)
    {
        var options = new GatewayOptions { DataDirectory = Folder, MasterKey = masterKey ?? _masterKey, Database = _database };
        var node = await TestInstallation.OpenAsync(options, clock: clock ?? _clock);
        lock (_installations)
        {
            _installations.Add(node);
        }

        return node;
    }
}

public sealed class SqliteStoreTests : StoreExpectations
{
    private protected override Task<DatabaseOptions> CreateDatabaseAsync() => Task.FromResult(new DatabaseOptions());
}

public sealed class PostgresStoreTests(PostgresServer server) : StoreExpectations
{
    private protected override async Task<DatabaseOptions> CreateDatabaseAsync() =>
        new() { Provider = DatabaseProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync() };
}
