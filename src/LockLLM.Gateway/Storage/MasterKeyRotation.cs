using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// Replaces the master key while gateways run. The new key is handed over in the database, sealed under the former one, so
/// that nodes which hold only that can follow; every secret is wrapped anew; at last the handover is taken back. Each step
/// stands for itself: after a kill anywhere the next run carries on.
/// </summary>
internal sealed class MasterKeyRotation(GatewayDatabase database, InstallationStore installation, MasterKeyRing keys, SecretProtector protector, SealedColumns columns, TimeProvider clock)
{
    /// <summary>Whether a rotation was begun and not finished.</summary>
    public Task<bool> IsUnderWayAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(static (context, token) => context.MasterKeys.AnyAsync(static key => key.Handover != null, token), cancellationToken);

    /// <summary>From here on new secrets are sealed under this key. False when another rotation began meanwhile.</summary>
    public async Task<bool> BeginAsync(MasterKey next, CancellationToken cancellationToken)
    {
        var former = keys.Active;
        var place = InstallationStore.HandoverPlace(next.Id, former.Id);
        var begun = await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                await context.Database.ExecuteSqlAsync($"UPDATE installation SET revision = revision + 1", token);
                var row = await context.Installation.SingleAsync(token);
                if (row.MasterKeyId != former.Id || await context.MasterKeys.AnyAsync(key => key.Handover != null || key.Id == next.Id, token))
                {
                    return false;
                }

                context.MasterKeys.Add(new MasterKeyRecord
                {
                    Id = next.Id,
                    CreatedAt = clock.GetUtcNow(),
                    Handover = protector.Seal(next.ToBase64(), place).Text,
                    PredecessorId = former.Id,
                });
                row.MasterKeyId = next.Id;
                return true;
            },
            cancellationToken);
        await installation.RefreshKeysAsync(cancellationToken);
        return begun.Value;
    }

    /// <summary>Gives how many secrets were wrapped anew, and where those lie that do not open.</summary>
    public async Task<(int Good, IReadOnlyList<string> Bad)> RewrapAsync(CancellationToken cancellationToken)
    {
        await installation.RefreshKeysAsync(cancellationToken);
        var good = 0;
        var bad = new List<string>();
        foreach (var column in columns.Find())
        {
            var (done, failed) = await columns.RewrapAsync(column, keys.Active.Id, cancellationToken);
            good += done;
            bad.AddRange(failed.Select(id => $"{column} {id}"));
        }

        return (good, bad);
    }

    /// <summary>Takes the handover back: whoever holds only the former key is locked out from now on.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        async (context, token) =>
        {
            var active = keys.Active.Id;
            foreach (var record in await context.MasterKeys.ToListAsync(token))
            {
                (record.Handover, record.PredecessorId) = (null, null);
                if (record.Id != active)
                {
                    record.RetiredAt ??= clock.GetUtcNow();
                }
            }

            return true;
        },
        cancellationToken);
}
