using System.Globalization;
using System.Net;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Tests.Management;

public sealed class LogTests
{
    private static readonly DateTimeOffset s_day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_scan_leaves_a_record_that_can_be_found_again()
    {
        using var gateway = new ManagementGateway("Viewer");
        var log = await gateway.RecordedScanAsync(Prompts.Attack);
        Assert.Equal(("scan_api", false, 200), (log.Text("log_type"), log.GetProperty("safe").GetBoolean(), log.GetProperty("http_status").GetInt32()));
        Assert.Equal(log.GetRawText(), (await gateway.Caller.ReadAsync("/api/v1/logs/" + log.Text("id"))).GetRawText());
        Assert.DoesNotContain(Prompts.Attack, log.GetRawText(), StringComparison.Ordinal);
        await (await gateway.Caller.GetAsync("/api/v1/logs/log_0")).ErrorAsync(HttpStatusCode.NotFound, "log_not_found");
        await (await gateway.Caller.GetAsync("/api/v1/logs/not-an-id!")).ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        using var gateway = new ManagementGateway();
        await AddAsync(gateway,
        [
            Record("log_1", 60, isSafe: true),
            Record("log_2", 61, isSafe: false, RequestKind.ProxyRequest, RequestSubkind.ProxyBlock, RequestStatus.Failure),
            Record("log_3", 24 * 60, isSafe: true, RequestKind.ProxyRequest, RequestSubkind.ProxyForward),
        ]);
        foreach (var (query, expected) in ((string, string[])[])
        [
            ("", ["log_3", "log_2", "log_1"]),
            ("log_type=proxy_request", ["log_3", "log_2"]),
            ("log_type=proxy_request&safe=true", ["log_3"]),
            ("log_subtype=proxy_block", ["log_2"]),
            ("status=failure", ["log_2"]),
            ("safe=false", ["log_2"]),
            ("start_date=2026-03-01&end_date=2026-03-01", ["log_2", "log_1"]),
            ("start_date=2026-03-02", ["log_3"]),
            ("start_date=2026-03-01T01:01:00Z&end_date=2026-03-01T03:00:00%2B01:00", ["log_2"]),
            ("provider=OpenAI&model=gpt-5&api_key_id=key_a&upstream_key_id=pk_a&error_code=some_error", ["log_3", "log_2", "log_1"]),
            ("request_id=req_log_3", ["log_3"]),
            ("request_id=", ["log_3", "log_2", "log_1"]),
            ("limit=1&offset=1", ["log_2"]),
            ("limit=1&before=log_2", ["log_1"]),
            ("before=log_3&offset=1", ["log_1"]),
            ("before=log_1", []),
        ])
        {
            Assert.Equal(expected, (await gateway.Caller.ReadAsync("/api/v1/logs?" + query)).Texts("id"));
        }

        var counted = await gateway.Caller.GetAsync("/api/v1/logs?limit=1&log_type=proxy_request&count=true");
        Assert.Equal("2", counted.Header("X-Total-Count"));
    }

    [Theory]
    [InlineData("log_type=scan", "log_type")]
    [InlineData("status=SUCCESS", "status")]
    [InlineData("safe=yes", "safe")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("offset=99999999999999999999", "offset")]
    [InlineData("start_date=yesterday", "start_date")]
    [InlineData("end_date=9999-12-31", "end_date")]
    [InlineData("end_date=2026-02-30", "end_date")]
    [InlineData("model=a%00b", "model")]
    [InlineData("model=a&model=b", "model")]
    [InlineData("before=log_0", "before")]
    [InlineData("count=1", "count")]
    [InlineData("stauts=error", null)]
    public async Task A_filter_that_is_none_is_refused(string query, string? param)
    {
        using var gateway = new ManagementGateway();
        var error = await (await gateway.Caller.GetAsync("/api/v1/logs?" + query)).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Pages_and_the_file_hold_every_record_once()
    {
        using var gateway = new ManagementGateway();
        var ids = Enumerable.Range(0, 1234).Select(i => string.Create(CultureInfo.InvariantCulture, $"log_{i:0000}")).Reverse().ToArray();
        await AddAsync(gateway, Enumerable.Range(0, 1234).Select(i => Record(ids[^(i + 1)], i / 400, isSafe: true)));
        var paged = new List<string>();
        for (string[] page = ["first"]; page.Length > 0;)
        {
            page = (await gateway.Caller.ReadAsync("/api/v1/logs?limit=100" + (paged.Count > 0 ? "&before=" + paged[^1] : ""))).Texts("id");
            paged.AddRange(page);
        }

        Assert.Equal(ids, paged);

        var file = await gateway.Caller.GetAsync("/api/v1/logs/export?safe=true");
        Assert.Equal(("text/csv", "attachment"), (file.Content.Headers.ContentType?.MediaType, file.Content.Headers.ContentDisposition?.DispositionType));
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ids, lines.Skip(1).Select(line => line.Split(',')[0]));
        var fields = (await gateway.Caller.ReadAsync("/api/v1/logs?limit=1"))[0].EnumerateObject().Select(field => field.Name);
        Assert.Empty(fields.Except(lines[0].Split(',')));
        await (await gateway.Caller.GetAsync("/api/v1/logs/export?limit=1")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
    }

    private static RequestRecord Record(
        string id, int minutes, bool isSafe, RequestKind kind = RequestKind.ScanApi, RequestSubkind subkind = RequestSubkind.None, RequestStatus status = RequestStatus.Success) => new()
        {
            Id = id,
            AccountId = "",
            CreatedAt = s_day.AddMinutes(minutes),
            Kind = kind,
            Subkind = subkind,
            Status = status,
            RequestId = "req_" + id,
            ApiKeyId = "key_a",
            ProviderKeyId = "pk_a",
            ErrorCode = "some_error",
            HttpStatus = 200,
            IsSafe = isSafe,
            Provider = "openai",
            Model = "gpt-5",
            TotalMilliseconds = 1.5,
        };

    private static async Task AddAsync(ManagementGateway gateway, IEnumerable<RequestRecord> records)
    {
        var account = gateway.Get<AccountSnapshots>().All.Single().AccountId;
        await gateway.Get<GatewayDatabase>().ChangeAsync<bool>(
            (context, _) =>
            {
                foreach (var record in records)
                {
                    var row = context.RequestRecords.Add(record);
                    row.Property(entity => entity.AccountId).CurrentValue = account;
                }

                return Task.FromResult<Outcome<bool>>(true);
            },
            TestContext.Current.CancellationToken);
    }
}
