using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.RequestLog;

/// <summary>The audit trail as a whole, for the command line.</summary>
internal sealed class AuditStore(GatewayDatabase database, AuditTrail audit)
{
    private const int BatchSize = 1000;

    public Task AppendAsync(AuditEvent audited, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        async (context, token) =>
        {
            await audit.AppendAsync(context, audited, token);
            return true;
        },
        cancellationToken);

    /// <summary>Follows the chain from its beginning. Gives the number of events that hold, and what is wrong with the next, if anything.</summary>
    public async Task<(long Good, string? Problem)> VerifyAsync(CancellationToken cancellationToken)
    {
        // Read first: events that are added meanwhile lie behind it.
        var head = await database.ReadAsync(static (context, token) => context.AuditHeads.SingleOrDefaultAsync(token), cancellationToken);
        if (head is null)
        {
            return (0, "the end of the chain is missing");
        }

        var (sequence, hash) = (0L, new byte[System.Security.Cryptography.SHA256.HashSizeInBytes]);
        while (sequence < head.Sequence)
        {
            var after = sequence;
            var rows = await database.ReadAsync(
                (context, token) => context.AuditEvents.Where(row => row.Sequence > after && row.Sequence <= head.Sequence).OrderBy(static row => row.Sequence).Take(BatchSize).ToListAsync(token),
                cancellationToken);
            if (rows.Count == 0)
            {
                return (sequence, $"event {sequence + 1} and all after it are missing");
            }

            foreach (var row in rows)
            {
                if (row.Sequence != sequence + 1)
                {
                    return (sequence, $"event {sequence + 1} is missing");
                }

                var expected = AuditTrail.Hash(hash, row.Sequence, row.At, new AuditEvent(row.Action, row.AccountId, row.Actor, row.Target, row.RequestId, row.Detail));
                if (!row.PreviousHash.AsSpan().SequenceEqual(hash) || !row.Hash.AsSpan().SequenceEqual(expected))
                {
                    return (sequence, $"event {row.Sequence} was changed");
                }

                (sequence, hash) = (row.Sequence, row.Hash);
            }
        }

        return head.Hash.AsSpan().SequenceEqual(hash) ? (sequence, null) : (sequence, "the end of the chain was changed");
    }
}
