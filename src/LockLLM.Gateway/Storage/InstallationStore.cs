using System.Security.Cryptography;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Storage;

/// <summary>What belongs to the installation as a whole: its schema, its master keys, its own secrets.</summary>
internal sealed class InstallationStore(GatewayDatabase database, MasterKeyRing keys, SecretProtector protector, TimeProvider clock, SqliteFile? file = null)
{
    public const string SecretsTable = "installation_secrets";
    public const string SecretsField = "value";
    private const string HandoverPurpose = "master_keys";

    public Task<StartLock> LockAsync(CancellationToken cancellationToken) => StartLock.TakeAsync(database, file, clock, cancellationToken);

    /// <summary>Brings the schema up to date. Only under the lock.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateContext();
        if (file is not null)
        {
            // A gateway that was killed while migrating leaves EF's own lock row behind, on which the next would wait
            // for ever. Under our lock nobody else can be migrating.
            await context.Database.ExecuteSqlAsync($"PRAGMA journal_mode = WAL", cancellationToken);
            await context.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        }

        await context.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Whether the schema is that of this version.</summary>
    public async Task<bool> IsUpToDateAsync(CancellationToken cancellationToken)
    {
        await using var context = database.CreateContext();
        return !(await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
    }

    /// <summary>Whether the database belongs to an installation already.</summary>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(static (context, token) => context.Installation.AnyAsync(token), cancellationToken);

    /// <summary>Begins an installation under the given master key. Only under the lock, where there is none.</summary>
    public Task CreateAsync(MasterKey masterKey, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
        (context, _) =>
        {
            var now = clock.GetUtcNow();
            context.MasterKeys.Add(new MasterKeyRecord { Id = masterKey.Id, CreatedAt = now });
            context.AuditHeads.Add(new AuditHead { Hash = new byte[SHA256.HashSizeInBytes] });
            context.Installation.Add(new Installation { InstallationId = Ids.New(Ids.Installation), MasterKeyId = masterKey.Id, CreatedAt = now });
            return Task.FromResult<Outcome<bool>>(true);
        },
        cancellationToken);

    /// <summary>
    /// Fills the key ring from the key at hand: itself, and the keys handed over from it. False when this key does not
    /// lead to the one that the installation is under.
    /// </summary>
    public async Task<bool> UnlockAsync(MasterKey masterKey, CancellationToken cancellationToken)
    {
        var (active, records) = await ReadKeysAsync(cancellationToken);
        keys.Add(masterKey, isActive: masterKey.Id == active);
        Follow(active, records);
        return keys.Find(active) is not null;
    }

    /// <summary>Takes up keys that a rotation has handed over since.</summary>
    public async Task RefreshKeysAsync(CancellationToken cancellationToken)
    {
        var (active, records) = await ReadKeysAsync(cancellationToken);
        Follow(active, records);
    }

    /// <summary>A secret of the installation; made by <paramref name="create"/> where there is none yet.</summary>
    public async Task<byte[]> SecretAsync(string id, Func<byte[]> create, CancellationToken cancellationToken)
    {
        var place = SecretPlaceOf(id);
        var outcome = await database.ChangeAsync<byte[]>(
            async (context, token) =>
            {
                if (await context.InstallationSecrets.FindAsync([id], token) is { } known)
                {
                    return protector.Open(known.Value, place)
                        ?? throw new StartupRefusal($"The secret {id} of this installation does not open under its master key: the database was damaged or tampered with. Restore a backup.");
                }

                var secret = create();
                context.InstallationSecrets.Add(new InstallationSecret { Id = id, Value = protector.Seal(secret, place), CreatedAt = clock.GetUtcNow() });
                return secret;
            },
            cancellationToken);
        return outcome.Value!;
    }

    public static SecretPlace SecretPlaceOf(string id) => new(SecretsTable, id, "installation", SecretsField);

    public static SecretPlace HandoverPlace(string keyId, string predecessorId) => new(HandoverPurpose, keyId, predecessorId, "handover");

    private Task<(string Active, List<MasterKeyRecord> Records)> ReadKeysAsync(CancellationToken cancellationToken) => database.ReadAsync(
        static async (context, token) => (
            await context.Installation.Select(static row => row.MasterKeyId).SingleAsync(token),
            await context.MasterKeys.ToListAsync(token)),
        cancellationToken);

    private void Follow(string active, List<MasterKeyRecord> records)
    {
        // Each step of the chain opens the next; there is one step unless rotations were never finished.
        for (var found = true; found;)
        {
            found = false;
            foreach (var record in records)
            {
                if (record is { Handover: { } handover, PredecessorId: { } predecessor } && keys.Find(record.Id) is null && keys.Find(predecessor) is not null
                    && protector.OpenText(new SealedSecret(handover), HandoverPlace(record.Id, predecessor)) is { } text)
                {
                    keys.Add(MasterKey.Parse(text, "The handed over master key"), isActive: false);
                    found = true;
                }
            }
        }

        if (keys.Find(active) is { } current)
        {
            keys.Add(current, isActive: true);
        }
    }
}
