using System.Globalization;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.RequestLog;

public sealed class RequestLogTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(s_now);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Queued_records_are_written_and_read_back_as_they_were()
    {
        await using var installation = await OpenAsync();
        await installation.RunAsync();
        var record = Record("log_1", 0, isSafe: false);
        installation.Get<RequestLogQueue>().Add(record);
        await installation.StopAsync();
        var read = await installation.Get<RequestLogReader>().FindAsync("acc_a", "log_1", CancellationToken.None);
        Assert.Equivalent(record, read, strict: true);
        Assert.Equal(1, installation.Get<RequestLogQueue>().Written);
        Assert.Null(await installation.Get<RequestLogReader>().FindAsync("acc_b", "log_1", CancellationToken.None));
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts_and_never_blocks()
    {
        await using var installation = await OpenAsync();
        var queue = installation.Get<RequestLogQueue>();
        for (var i = 0; i < RequestLogQueue.Capacity + 100; i++)
        {
            queue.Add(Record("log_" + i, i));
        }

        Assert.Equal((RequestLogQueue.Capacity, 100L), (queue.Waiting, queue.Dropped));
    }

    [Fact]
    public async Task An_entry_that_the_database_refuses_does_not_hold_up_the_others()
    {
        await using var installation = await OpenAsync();
        var queue = installation.Get<RequestLogQueue>();
        await AddAsync(installation, [Record("log_twice", 0)]);
        foreach (var id in (string[])["log_1", "log_twice", "log_2"])
        {
            queue.Add(Record(id, 1));
        }

        await installation.RunAsync();
        await installation.StopAsync();
        Assert.Equal((2L, 1L), (queue.Written, queue.Dropped));
        Assert.Equal(["log_2", "log_1", "log_twice"], (await ListAsync(installation, new RequestLogFilter())).Select(record => record.Id));
    }

    [Fact]
    public async Task Filters_narrow_and_never_leave_the_account()
    {
        await using var installation = await OpenAsync();
        await AddAsync(installation,
        [
            Record("log_1", 1, isSafe: true),
            Record("log_2", 2, isSafe: false, kind: RequestKind.ProxyRequest, status: RequestStatus.Failure),
            Record("log_3", 3, isSafe: null, kind: RequestKind.ProxyRequest, status: RequestStatus.Error),
            Record("log_4", 4, isSafe: true, account: "acc_b"),
        ]);
        await AssertAsync(new RequestLogFilter(), "log_3", "log_2", "log_1");
        await AssertAsync(new RequestLogFilter { Kind = RequestKind.ProxyRequest }, "log_3", "log_2");
        await AssertAsync(new RequestLogFilter { Subkind = RequestSubkind.ProxyForward }, "log_3", "log_2");
        await AssertAsync(new RequestLogFilter { Status = RequestStatus.Error }, "log_3");
        await AssertAsync(new RequestLogFilter { IsSafe = true }, "log_1");
        await AssertAsync(new RequestLogFilter { IsSafe = false }, "log_2");
        await AssertAsync(new RequestLogFilter { From = s_now.AddMinutes(2), To = s_now.AddMinutes(3) }, "log_2");
        await AssertAsync(new RequestLogFilter { RequestId = "req_log_3" }, "log_3");
        await AssertAsync(new RequestLogFilter { RequestId = "req_log_4" });
        await AssertAsync(new RequestLogFilter { ApiKeyId = "key_a", ProviderKeyId = "pk_a", Provider = "openai", Model = "gpt-5", ErrorCode = "some_error" }, "log_3", "log_2", "log_1");
        await AssertAsync(new RequestLogFilter { ApiKeyId = "key_b" });
        await AssertAsync(new RequestLogFilter { Provider = "groq" });

        async Task AssertAsync(RequestLogFilter filter, params string[] ids)
        {
            Assert.Equal(ids, (await ListAsync(installation, filter)).Select(record => record.Id));
            Assert.Equal(ids.Length, await installation.Get<RequestLogReader>().CountAsync("acc_a", filter, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Pages_and_exports_show_every_record_once_even_of_one_moment()
    {
        await using var installation = await OpenAsync();
        await AddAsync(installation, [.. Enumerable.Range(0, 2345).Select(i => Record(string.Create(CultureInfo.InvariantCulture, $"log_{i:0000}"), i / 700))]);
        var reader = installation.Get<RequestLogReader>();
        var exported = new List<string>();
        await foreach (var record in reader.ExportAsync("acc_a", new RequestLogFilter(), CancellationToken.None))
        {
            exported.Add(record.Id);
        }

        Assert.Equal(Enumerable.Range(0, 2345).Select(i => string.Create(CultureInfo.InvariantCulture, $"log_{i:0000}")).Reverse(), exported);
        var paged = new List<string>();
        for (var offset = 0; offset < 2345; offset += 500)
        {
            paged.AddRange((await reader.ListAsync("acc_a", new RequestLogFilter(), 500, offset, CancellationToken.None)).Select(record => record.Id));
        }

        Assert.Equal(exported, paged);
    }

    [Fact]
    public async Task A_table_has_a_column_per_field_and_no_formulas()
    {
        await using var installation = await OpenAsync();
        await AddAsync(installation, [Record("log_1", 0, isSafe: false, requestId: "-1+1"), Record("log_2", 1)]);
        using var writer = new StringWriter();
        await RequestLogCsv.WriteAsync(writer, installation.Get<RequestLogReader>().ExportAsync("acc_a", new RequestLogFilter(), CancellationToken.None), CancellationToken.None);
        var lines = writer.ToString().Split("\r\n");
        Assert.Equal(4, lines.Length);
        Assert.Equal(typeof(RequestRecord).GetProperties().Length - 1, lines[0].Split(',').Length);
        Assert.StartsWith("log_2,2026-03-01T12:01:00.000Z,scan_api,,success,req_log_2,key_a,pk_a,some_error,200,true,0,97.5,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"'-1+1\",", lines[2], StringComparison.Ordinal);
        Assert.Equal("", lines[3]);
    }

    [Fact]
    public async Task Records_are_deleted_after_30_days_or_the_accounts_own_figure()
    {
        await using var installation = await OpenAsync();
        var account = installation.Account;
        await installation.Get<AccountStore>().UpdateSettingsAsync(account, settings => settings with { RetentionDays = 90 }, "test", null, CancellationToken.None);
        RequestRecord[] records = [.. Enumerable.Range(0, 120).SelectMany(day => (RequestRecord[])
        [
            Record($"log_a{day:000}", -day * 24 * 60),
            Record($"log_b{day:000}", -day * 24 * 60, account: account),
        ])];
        await AddAsync(installation, records);
        await installation.Database.ChangeAsync<bool>(
            async (context, token) =>
            {
                await UsageSumStore.AddAsync(context, records, token);
                return true;
            },
            CancellationToken.None);
        var cleaner = installation.Get<RequestLogCleaner>();
        Assert.Equal(120 - 31 + 120 - 91, await cleaner.CleanAsync(CancellationToken.None));
        Assert.Equal(31, await installation.Get<RequestLogReader>().CountAsync("acc_a", new RequestLogFilter(), CancellationToken.None));
        Assert.Equal(91, await installation.Get<RequestLogReader>().CountAsync(account, new RequestLogFilter(), CancellationToken.None));
        Assert.Equal(0, await cleaner.CleanAsync(CancellationToken.None));
        await using var left = installation.Database.CreateContext();
        Assert.Equal((31, 91), (left.UsageHours.Count(hour => hour.AccountId == "acc_a"), left.UsageHours.Count(hour => hour.AccountId == account)));
    }

    [Fact]
    public void Words_are_those_of_the_wire()
    {
        Assert.Equal(["proxy_request", "scan_api", "webhook_delivery"], RequestLogWords.All<RequestKind>());
        Assert.Equal(RequestSubkind.ProxyBlock, RequestLogWords.Parse<RequestSubkind>("proxy_block"));
        Assert.Null(RequestLogWords.Parse<RequestStatus>("Success"));
    }

    private static RequestRecord Record(
        string id, int minutes, bool? isSafe = true, RequestKind kind = RequestKind.ScanApi, RequestStatus status = RequestStatus.Success, string account = "acc_a", string? requestId = null) => new()
        {
            Id = id,
            AccountId = account,
            CreatedAt = s_now.AddMinutes(minutes),
            Kind = kind,
            Subkind = kind == RequestKind.ProxyRequest ? RequestSubkind.ProxyForward : RequestSubkind.None,
            Status = status,
            RequestId = requestId ?? "req_" + id,
            ApiKeyId = "key_a",
            ProviderKeyId = "pk_a",
            ErrorCode = "some_error",
            HttpStatus = 200,
            IsSafe = isSafe,
            Label = isSafe == false ? 1 : 0,
            Confidence = 97.5,
            Injection = 2.5,
            Provider = "openai",
            Model = "gpt-5",
            TotalMilliseconds = 1.5,
        };

    private static Task<List<RequestRecord>> ListAsync(TestInstallation installation, RequestLogFilter filter) =>
        installation.Get<RequestLogReader>().ListAsync("acc_a", filter, 100, 0, CancellationToken.None);

    private static Task<Outcome<bool>> AddAsync(TestInstallation installation, IEnumerable<RequestRecord> records) => installation.Database.ChangeAsync<bool>(
        (context, _) =>
        {
            context.RequestRecords.AddRange(records);
            return Task.FromResult<Outcome<bool>>(true);
        },
        CancellationToken.None);

    private Task<TestInstallation> OpenAsync() => TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path }, clock: _clock);
}
