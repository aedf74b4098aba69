using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Accounts;

/// <summary>Accounts and their settings.</summary>
internal sealed class AccountStore(GatewayDatabase database, AccountChanges changes, AuditTrail audit, TimeProvider clock)
{
    private static readonly Error s_missing = new(ErrorCode.AccountNotFound, "No such account.");

    public Task<List<string>> ListIdsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        static (context, token) => context.Accounts.OrderBy(static account => account.CreatedAt).Select(static account => account.Id).ToListAsync(token), cancellationToken);

    public async Task<string> CreateAsync(string name, AccountSettings settings, string actor, CancellationToken cancellationToken)
    {
        var id = Ids.New(Ids.Account);
        await changes.ApplyAsync<bool>(
            id,
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                context.Accounts.Add(new Account { Id = id, Name = name, Settings = settings.ToJson(), CreatedAt = now, UpdatedAt = now });
                await audit.AppendAsync(context, new AuditEvent("account.created", id, actor, Target: id), token);
                return true;
            },
            cancellationToken);
        return id;
    }

    public Task<Outcome<AccountSettings>> UpdateSettingsAsync(
        string accountId, Func<AccountSettings, Outcome<AccountSettings>> update, string actor, string? requestId, CancellationToken cancellationToken) =>
        changes.ApplyAsync<AccountSettings>(
            accountId,
            async (context, token) =>
            {
                if (await context.Accounts.FindAsync([accountId], token) is not { } account)
                {
                    return s_missing;
                }

                var updated = update(AccountSettings.Parse(account.Settings));
                if (updated.Value is { } settings)
                {
                    account.Settings = settings.ToJson();
                    account.UpdatedAt = clock.GetUtcNow();
                    await audit.AppendAsync(context, new AuditEvent("account.settings_changed", accountId, actor, Target: accountId, RequestId: requestId), token);
                }

                return updated;
            },
            cancellationToken);
}
