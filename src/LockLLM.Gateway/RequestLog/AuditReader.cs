using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Which of an account's audit events; what is null does not matter.</summary>
internal sealed record AuditFilter
{
    public string? Action { get; init; }

    public string? Actor { get; init; }

    public string? Target { get; init; }

    public string? RequestId { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Without this moment itself.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Without this number itself.</summary>
    public long? Before { get; init; }
}

/// <summary>An event of the audit trail as it was written.</summary>
internal sealed record WrittenEvent(long Sequence, DateTimeOffset At, AuditEvent Event);

/// <summary>Reads audit events of an account, the newest first.</summary>
internal sealed class AuditReader(GatewayDatabase database)
{
    public const int MaxLimit = 1000;

    public async Task<IReadOnlyList<WrittenEvent>> ListAsync(string accountId, AuditFilter filter, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            (context, token) => Apply(filter, context.AuditEvents.Where(row => row.AccountId == accountId))
                .OrderByDescending(static row => row.Sequence).Take(Math.Clamp(limit, 1, MaxLimit)).ToListAsync(token),
            cancellationToken);
        return [.. rows.Select(static row => new WrittenEvent(row.Sequence, row.At, new AuditEvent(row.Action, row.AccountId, row.Actor, row.Target, row.RequestId, row.Detail)))];
    }

    private static IQueryable<AuditRow> Apply(AuditFilter filter, IQueryable<AuditRow> rows)
    {
        rows = filter.Action is { } action ? rows.Where(row => row.Action == action) : rows;
        rows = filter.Actor is { } actor ? rows.Where(row => row.Actor == actor) : rows;
        rows = filter.Target is { } target ? rows.Where(row => row.Target == target) : rows;
        rows = filter.RequestId is { } requestId ? rows.Where(row => row.RequestId == requestId) : rows;
        rows = filter.From is { } from ? rows.Where(row => row.At >= from) : rows;
        rows = filter.To is { } to ? rows.Where(row => row.At < to) : rows;
        return filter.Before is { } before ? rows.Where(row => row.Sequence < before) : rows;
    }
}
