using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>
/// The audit trail: a chain in which each event carries the hash of the one before, and whose end is signed. An administrative
/// act is written in the transaction that makes it; the use of a secret during a request is queued, since requests do not
/// wait for the database.
/// </summary>
internal sealed class AuditTrail(InstallationStore installation, GatewayDatabase database, TimeProvider clock)
{
    /// <summary>The secret that signs the end of the chain. Whoever can write to the database but has no master key cannot forge it.</summary>
    public const string SigningKeyId = "audit_signing_key";

    private const int Capacity = 65_536;
    private const int PageSize = 1000;

    private readonly Channel<QueuedEvent> _queue = Channel.CreateBounded<QueuedEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private byte[]? _signingKey;
    private long _dropped;

    /// <summary>Events that found the queue full or that the database refused, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ChannelReader<QueuedEvent> Queue => _queue.Reader;

    /// <summary>Before the first event is written.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _signingKey = await installation.SecretAsync(SigningKeyId, static () => RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes), cancellationToken);

    /// <summary>Never blocks.</summary>
    public void Add(AuditEvent audited)
    {
        if (!_queue.Writer.TryWrite(new QueuedEvent(audited, clock.GetUtcNow())))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public void CountRefused() => Interlocked.Increment(ref _dropped);

    /// <summary>In a transaction of its own.</summary>
    public Task RecordAsync(AuditEvent audited, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        async (context, token) =>
        {
            await AppendAsync(context, audited, token);
            return true;
        },
        cancellationToken);

    /// <summary>Within the caller's transaction.</summary>
    public Task AppendAsync(GatewayDbContext context, AuditEvent audited, CancellationToken cancellationToken) =>
        AppendAsync(context, [new QueuedEvent(audited, clock.GetUtcNow())], cancellationToken);

    public async Task AppendAsync(GatewayDbContext context, IReadOnlyList<QueuedEvent> events, CancellationToken cancellationToken)
    {
        var key = _signingKey ?? throw new InvalidOperationException("The audit trail is not open.");
        // Locks the end of the chain until the transaction is over, against the other nodes too.
        await context.Database.ExecuteSqlAsync($"UPDATE audit_heads SET sequence = sequence + 0", cancellationToken);
        var head = await context.AuditHeads.FindAsync([AuditHead.OnlyId], cancellationToken) ?? throw new InvalidOperationException("The audit chain has no head.");
        foreach (var (audited, at) in events)
        {
            var hash = Hash(head.Hash, head.Sequence + 1, at, audited);
            context.AuditEvents.Add(new AuditRow
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
                Hash = hash,
            });
            head.Sequence++;
            head.Hash = hash;
        }

        head.Signature = Sign(key, head.Sequence, head.Hash);
    }

    /// <summary>Reads the whole chain. Events that are written meanwhile are left for the next time.</summary>
    public async Task<AuditCheck> VerifyAsync(CancellationToken cancellationToken)
    {
        var key = _signingKey ?? throw new InvalidOperationException("The audit trail is not open.");
        var head = await database.ReadAsync(static (context, token) => context.AuditHeads.FirstOrDefaultAsync(static row => row.Id == AuditHead.OnlyId, token), cancellationToken);
        if (head is null)
        {
            return new AuditCheck(0, 1, "The end of the chain is missing.");
        }

        var hash = new byte[SHA256.HashSizeInBytes];
        var sequence = 0L;
        while (sequence < head.Sequence)
        {
            var page = await PageAsync(sequence, head.Sequence, cancellationToken);
            foreach (var row in page)
            {
                if (row.Sequence != sequence + 1)
                {
                    return new AuditCheck(sequence, sequence + 1, "An event is missing.");
                }

                var audited = new AuditEvent(row.Action, row.AccountId, row.Actor, row.Target, row.RequestId, row.Detail);
                if (!row.PreviousHash.AsSpan().SequenceEqual(hash) || !row.Hash.AsSpan().SequenceEqual(Hash(hash, row.Sequence, row.At, audited)))
                {
                    return new AuditCheck(sequence, row.Sequence, "The event is not the one that was written.");
                }

                (sequence, hash) = (row.Sequence, row.Hash);
            }

            if (page.Count == 0)
            {
                return new AuditCheck(sequence, sequence + 1, "An event is missing.");
            }
        }

        if (!hash.AsSpan().SequenceEqual(head.Hash))
        {
            return new AuditCheck(sequence, sequence, "The end of the chain is not the one that was written.");
        }

        // An empty chain has nothing that was signed.
        var isSigned = sequence == 0 ? head.Signature is null : head.Signature is { } signature && CryptographicOperations.FixedTimeEquals(signature, Sign(key, sequence, hash));
        return isSigned ? new AuditCheck(sequence, null, null) : new AuditCheck(sequence, sequence, "The signature is not this installation's: the chain was written anew.");
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

    private static byte[] Sign(byte[] key, long sequence, byte[] hash)
    {
        Span<byte> signed = stackalloc byte[sizeof(long) + SHA256.HashSizeInBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(signed, sequence);
        hash.CopyTo(signed[sizeof(long)..]);
        return HMACSHA256.HashData(key, signed);
    }

    private Task<List<AuditRow>> PageAsync(long after, long last, CancellationToken cancellationToken) => database.ReadAsync(
        (context, token) => context.AuditEvents.Where(row => row.Sequence > after && row.Sequence <= last).OrderBy(static row => row.Sequence).Take(PageSize).ToListAsync(token),
        cancellationToken);
}

/// <summary>An event on its way to the database.</summary>
internal readonly record struct QueuedEvent(AuditEvent Event, DateTimeOffset At);

/// <summary>What reading the chain has shown.</summary>
/// <param name="Events">Events that are as they were written, from the first on.</param>
/// <param name="BrokenAt">Number of the first event that is not; null when all are.</param>
internal sealed record AuditCheck(long Events, long? BrokenAt, string? Problem)
{
    public bool IsIntact => BrokenAt is null;
}
