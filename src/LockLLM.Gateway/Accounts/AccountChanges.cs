using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Accounts;

/// <summary>
/// The way to change what snapshots hold: in one transaction, then told to everyone. When it returns, this node's
/// snapshots show the change; the other nodes' follow within a second.
/// </summary>
internal sealed class AccountChanges(GatewayDatabase database, InstallationStore installation, MasterKeyRing keys, SnapshotRefresher refresher, IChangeFeed feed)
{
    public async Task<Outcome<T>> ApplyAsync<T>(string accountId, Func<GatewayDbContext, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancellationToken)
    {
        var outcome = await database.ChangeAsync<T>(
            async (context, token) =>
            {
                await context.Database.ExecuteSqlAsync($"UPDATE installation SET revision = revision + 1", token);
                // An object and not a tuple: Npgsql asks PostgreSQL for a tuple as a record, which it then cannot read.
                var now = await context.Installation.Select(static row => new { row.Revision, row.MasterKeyId }).SingleAsync(token);
                if (keys.Active.Id != now.MasterKeyId)
                {
                    // A rotation began since the last poll. From here on nothing may be sealed under the former key.
                    await installation.RefreshKeysAsync(token);
                }

                var result = await change(context, token);
                if (result.Error is null)
                {
                    await context.SaveChangesAsync(token);
                    await context.Accounts.Where(account => account.Id == accountId)
                        .ExecuteUpdateAsync(row => row.SetProperty(static account => account.Revision, now.Revision), token);
                }

                return result;
            },
            cancellationToken);
        if (outcome.Error is null)
        {
            feed.Publish(accountId);
            // The change is made; that its caller may have gone no longer matters.
            await refresher.RefreshAsync(CancellationToken.None);
        }

        return outcome;
    }
}
