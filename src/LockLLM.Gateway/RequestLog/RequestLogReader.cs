using System.Runtime.CompilerServices;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Reads records of an account, the newest first.</summary>
internal sealed class RequestLogReader(GatewayDatabase database)
{
    public const int MaxLimit = 1000;

    private const int ExportPage = 1000;

    public Task<List<RequestRecord>> ListAsync(string accountId, RequestLogFilter filter, int limit, int offset, CancellationToken cancellationToken) => database.ReadAsync(
        (context, token) => Newest(filter.Apply(Of(context, accountId))).Skip(Math.Max(0, offset)).Take(Math.Clamp(limit, 1, MaxLimit)).ToListAsync(token),
        cancellationToken);

    /// <summary>Those behind a record in the same order, which no new record shifts; null when there is no such record.</summary>
    public async Task<List<RequestRecord>?> ListBehindAsync(string accountId, RequestLogFilter filter, string id, int limit, int offset, CancellationToken cancellationToken) =>
        await FindAsync(accountId, id, cancellationToken) is { } last
            ? await PageAsync(accountId, filter, last, Math.Clamp(limit, 1, MaxLimit), Math.Max(0, offset), cancellationToken)
            : null;

    public Task<long> CountAsync(string accountId, RequestLogFilter filter, CancellationToken cancellationToken) => database.ReadAsync(
        (context, token) => filter.Apply(Of(context, accountId)).LongCountAsync(token),
        cancellationToken);

    public Task<RequestRecord?> FindAsync(string accountId, string id, CancellationToken cancellationToken) => database.ReadAsync(
        (context, token) => Of(context, accountId).FirstOrDefaultAsync(record => record.Id == id, token),
        cancellationToken);

    /// <summary>All of them, read in pages, so that neither memory nor the database is held for the whole.</summary>
    public async IAsyncEnumerable<RequestRecord> ExportAsync(string accountId, RequestLogFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequestRecord? last = null;
        while (true)
        {
            var page = await PageAsync(accountId, filter, last, ExportPage, 0, cancellationToken);
            foreach (var record in page)
            {
                yield return record;
            }

            if (page.Count < ExportPage)
            {
                yield break;
            }

            last = page[^1];
        }
    }

    private Task<List<RequestRecord>> PageAsync(string accountId, RequestLogFilter filter, RequestRecord? last, int limit, int offset, CancellationToken cancellationToken) => database.ReadAsync(
        (context, token) =>
        {
            var records = filter.Apply(Of(context, accountId));
            if (last is { CreatedAt: var at, Id: var id })
            {
                // The first half alone is what an index can begin at.
                records = records.Where(record => record.CreatedAt <= at && (record.CreatedAt < at || string.Compare(record.Id, id) < 0));
            }

            return Newest(records).Skip(offset).Take(limit).ToListAsync(token);
        },
        cancellationToken);

    private static IQueryable<RequestRecord> Of(GatewayDbContext context, string accountId) => context.RequestRecords.Where(record => record.AccountId == accountId);

    private static IQueryable<RequestRecord> Newest(IQueryable<RequestRecord> records) =>
        records.OrderByDescending(static record => record.CreatedAt).ThenByDescending(static record => record.Id);
}
