using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>
/// The audit trail: a chain in which each event carries the hash of the one before. An administrative act is written in the
/// transaction that makes it; the use of a secret during a request is queued, since requests do not wait for the database.
/// </summary>
internal sealed class AuditTrail(TimeProvider clock)
{
    private const int Capacity = 65_536;

    private readonly Channel<(AuditEvent Event, DateTimeOffset At)> _queue =
        Channel.CreateBounded<(AuditEvent, DateTimeOffset)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private long _dropped;

    /// <summary>Events that found the queue full, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ChannelReader<(AuditEvent Event, DateTimeOffset At)> Queue => _queue.Reader;

    /// <summary>Never blocks.</summary>
    public void Add(AuditEvent audited)
    {
        if (!_queue.Writer.TryWrite((audited, clock.GetUtcNow())))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Within the caller's transaction.</summary>
    public Task AppendAsync(GatewayDbContext context, AuditEvent audited, CancellationToken cancellationToken) =>
        AppendAsync(context, audited, clock.GetUtcNow(), cancellationToken);

    public static async Task AppendAsync(GatewayDbContext context, AuditEvent audited, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // Locks the end of the chain until the transaction is over.
        await context.Database.ExecuteSqlAsync($"UPDATE audit_heads SET sequence = sequence + 0", cancellationToken);
        var head = await context.AuditHeads.FindAsync([AuditHead.OnlyId], cancellationToken) ?? throw new InvalidOperationException("The audit chain has no head.");
        var row = new AuditRow
        {
            Sequence = head.Sequence + 1,
            At = at,
            AccountId = audited.AccountId,
            Actor = audited.Actor,
            Action = audited.Action,
            Target = audited.Target,
            RequestId = audited.RequestId,
            Detail = audited.Detail,
            PreviousHash = head.Hash,
            Hash = Hash(head.Hash, head.Sequence + 1, at, audited),
        };
        context.AuditEvents.Add(row);
        head.Sequence = row.Sequence;
        head.Hash = row.Hash;
    }

    /// <summary>SHA-256 of the previous hash and the event as a JSON array.</summary>
    public static byte[] Hash(byte[] previous, long sequence, DateTimeOffset at, AuditEvent audited)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteBase64StringValue(previous);
            json.WriteNumberValue(sequence);
            json.WriteNumberValue(at.UtcTicks);
            json.WriteStringValue(audited.AccountId);
            json.WriteStringValue(audited.Actor);
            json.WriteStringValue(audited.Action);
            json.WriteStringValue(audited.Target);
            json.WriteStringValue(audited.RequestId);
            json.WriteStringValue(audited.Detail);
            json.WriteEndArray();
        }

        return SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
