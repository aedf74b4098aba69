using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Tests.Analytics;

/// <summary>Every filter of the log is decided within an index, before a row is read.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Filters() => new()
    {
        { "none", "log" }, { "safe", "unsafe" }, { "status", "not_answered" }, { "error", "log" }, { "category", "log" }, { "key", "log" }, { "provider_key", "log" }, { "provider", "log" },
        { "model", "log" }, { "kind", "log" }, { "subkind", "log" }, { "request", "request_id_created_at" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_is_answered_from_its_index(string filter, string index)
    {
        await using var installation = await TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });
        await using var context = installation.Database.CreateContext();
        var chosen = filter switch
        {
            "safe" => new RequestLogFilter { IsSafe = false },
            "status" => new RequestLogFilter { Status = RequestStatus.Error },
            "error" => new RequestLogFilter { ErrorCode = "scan_failed" },
            "category" => new RequestLogFilter { ThreatCategory = "jailbreak" },
            "key" => new RequestLogFilter { ApiKeyId = "key_a" },
            "provider_key" => new RequestLogFilter { ProviderKeyId = "pk_a" },
            "provider" => new RequestLogFilter { Provider = "openai" },
            "model" => new RequestLogFilter { Model = "gpt-4o" },
            "kind" => new RequestLogFilter { Kind = RequestKind.WebhookDelivery },
            "subkind" => new RequestLogFilter { Subkind = RequestSubkind.ProxyBlock },
            "request" => new RequestLogFilter { RequestId = "req_a" },
            _ => new RequestLogFilter(),
        };
        var query = chosen.Apply(context.RequestRecords.Where(static record => record.AccountId == "acc_a"))
            .OrderByDescending(static record => record.CreatedAt).ThenByDescending(static record => record.Id).Take(100);
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await context.Database.OpenConnectionAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync())
        {
            plan += reader.GetString(3) + "\n";
        }

        Assert.Matches($@"USING INDEX ix_request_records_\w*{index}\b", plan);
    }
}
