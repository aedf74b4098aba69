using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.ProviderKeys;

/// <summary>Providers' credentials that accounts store. They go in and are never shown again; only the vault opens them.</summary>
internal sealed class ProviderKeyStore(
    GatewayDatabase database, AccountChanges changes, SecretProtector protector, AddressGuard addresses, ProviderRoot root, AuditTrail audit, TimeProvider clock)
{
    private const int MaxKeysPerAccount = 1000;
    private const int ShownLength = 4;

    private static readonly Error s_missing = new(ErrorCode.KeyNotFound, "No such key.");

    public static SecretPlace PlaceOf(string id, string accountId) => new("provider_keys", id, accountId, "secret");

    /// <summary>By provider, then nickname.</summary>
    public async Task<IReadOnlyList<ProviderKeyEntry>> ListAsync(string accountId, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync(
            (context, token) => context.ProviderKeys.Where(key => key.AccountId == accountId).OrderBy(static key => key.Provider).ThenBy(static key => key.Nickname).ToListAsync(token),
            cancellationToken)).Select(SnapshotRefresher.ProviderKeyOf)];

    public async Task<Outcome<ProviderKeyEntry>> FindAsync(string accountId, string id, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.ProviderKeys.SingleOrDefaultAsync(key => key.Id == id && key.AccountId == accountId, token), cancellationToken) is { } row
            ? SnapshotRefresher.ProviderKeyOf(row)
            : s_missing;

    public Task<Outcome<ProviderKeyEntry>> CreateAsync(string accountId, ProviderKeyDraft draft, string actor, string? requestId, CancellationToken cancellationToken)
    {
        if ((draft.ProblemOfNew() ?? draft.Problem(addresses.Problem)) is { } problem)
        {
            return Task.FromResult<Outcome<ProviderKeyEntry>>(problem);
        }

        return changes.ApplyAsync<ProviderKeyEntry>(
            accountId,
            async (context, token) =>
            {
                var provider = draft.Provider!.ToLowerInvariant();
                var nickname = draft.Nickname?.Trim() ?? "";
                if (!await context.Accounts.AnyAsync(account => account.Id == accountId, token))
                {
                    return new Error(ErrorCode.AccountNotFound, "No such account.");
                }

                if (await context.ProviderKeys.AnyAsync(key => key.AccountId == accountId && key.Provider == provider && key.Nickname == nickname, token))
                {
                    return Duplicate();
                }

                if (await context.ProviderKeys.CountAsync(key => key.AccountId == accountId, token) >= MaxKeysPerAccount)
                {
                    return new Error(ErrorCode.InvalidInput, $"An account has at most {MaxKeysPerAccount} provider keys. Delete some.");
                }

                var now = clock.GetUtcNow();
                var id = Ids.New(Ids.ProviderKey);
                var secret = draft.ApiKey!.Trim();
                var row = new ProviderKeyRow
                {
                    Id = id,
                    AccountId = accountId,
                    Provider = provider,
                    Nickname = nickname,
                    EndpointUrl = Given(draft.EndpointUrl),
                    DeploymentName = Given(draft.DeploymentName),
                    ApiVersion = Given(draft.ApiVersion),
                    IsEnabled = draft.IsEnabled ?? true,
                    IsDefault = draft.IsDefault ?? false,
                    Secret = protector.Seal(secret, PlaceOf(id, accountId)),
                    Last4 = Tail(secret),
                    CreatedAt = now,
                    UpdatedAt = now,
                    CreatedBy = actor,
                };
                if (Bind(row) is { } unbound)
                {
                    return unbound;
                }

                await ClearOtherDefaultsAsync(context, row, token);
                context.ProviderKeys.Add(row);
                await audit.AppendAsync(context, new AuditEvent("provider_key.created", accountId, actor, id, requestId, $"provider={provider}"), token);
                return SnapshotRefresher.ProviderKeyOf(row);
            },
            cancellationToken);
    }

    /// <summary>A new endpoint on another host needs the secret again: a key is never sent to a host that it was not given for.</summary>
    public Task<Outcome<ProviderKeyEntry>> UpdateAsync(string accountId, string id, ProviderKeyDraft draft, string actor, string? requestId, CancellationToken cancellationToken)
    {
        if (draft.Problem(addresses.Problem) is { } problem)
        {
            return Task.FromResult<Outcome<ProviderKeyEntry>>(problem);
        }

        return changes.ApplyAsync<ProviderKeyEntry>(
            accountId,
            async (context, token) =>
            {
                if (await context.ProviderKeys.SingleOrDefaultAsync(key => key.Id == id && key.AccountId == accountId, token) is not { } row)
                {
                    return s_missing;
                }

                if (draft.Provider is { } provider && !provider.Equals(row.Provider, StringComparison.OrdinalIgnoreCase))
                {
                    return new Error(ErrorCode.InvalidInput, "The provider of a key cannot be changed. Store a new key.", "provider");
                }

                var changed = new List<string>();
                if (draft.Nickname?.Trim() is { } nickname && nickname != row.Nickname)
                {
                    if (await context.ProviderKeys.AnyAsync(key => key.AccountId == accountId && key.Provider == row.Provider && key.Nickname == nickname, token))
                    {
                        return Duplicate();
                    }

                    row.Nickname = nickname;
                    changed.Add("nickname");
                }

                if (draft.DeploymentName is { } deployment)
                {
                    row.DeploymentName = Given(deployment);
                    changed.Add("deployment_name");
                }

                if (draft.ApiVersion is { } version)
                {
                    row.ApiVersion = Given(version);
                    changed.Add("api_version");
                }

                if (draft.IsEnabled is { } isEnabled)
                {
                    row.IsEnabled = isEnabled;
                    changed.Add("enabled");
                }

                if (draft.IsDefault is { } isDefault)
                {
                    row.IsDefault = isDefault;
                    changed.Add("default");
                    await ClearOtherDefaultsAsync(context, row, token);
                }

                if (draft.ApiKey?.Trim() is { } secret)
                {
                    row.Secret = protector.Seal(secret, PlaceOf(id, accountId));
                    row.Last4 = Tail(secret);
                    changed.Add("api_key");
                }

                if (draft.EndpointUrl is { } url)
                {
                    var formerHost = row.Host;
                    row.EndpointUrl = Given(url);
                    if (Bind(row) is { } unbound)
                    {
                        return unbound;
                    }

                    if (draft.ApiKey is null && !string.Equals(formerHost, row.Host, StringComparison.OrdinalIgnoreCase))
                    {
                        return new Error(ErrorCode.InvalidInput, "The new endpoint is on another host. Give the key again, so that it is sent where you mean it to go.", "api_key");
                    }

                    changed.Add("endpoint_url");
                }
                else if (draft.ApiKey is not null && Bind(row) is { } unbound)
                {
                    return unbound;
                }

                row.UpdatedAt = clock.GetUtcNow();
                await audit.AppendAsync(context, new AuditEvent("provider_key.updated", accountId, actor, id, requestId, string.Join(' ', changed)), token);
                return SnapshotRefresher.ProviderKeyOf(row);
            },
            cancellationToken);
    }

    public Task<Outcome<bool>> DeleteAsync(string accountId, string id, string actor, string? requestId, CancellationToken cancellationToken) => changes.ApplyAsync<bool>(
        accountId,
        async (context, token) =>
        {
            if (await context.ProviderKeys.Where(key => key.Id == id && key.AccountId == accountId).ExecuteDeleteAsync(token) == 0)
            {
                return s_missing;
            }

            await audit.AppendAsync(context, new AuditEvent("provider_key.deleted", accountId, actor, id, requestId), token);
            return true;
        },
        cancellationToken);

    // The secret belongs to the host that was meant when it was stored, whatever addresses are configured later.
    private Error? Bind(ProviderKeyRow row)
    {
        row.Host = row.EndpointUrl is { } url ? new Uri(url).Host : root(row.Provider)?.Host;
        return row.Host is null ? new Error(ErrorCode.MissingField, $"Provider {row.Provider} has no address of its own: give its endpoint URL.", "endpoint_url") : null;
    }

    private static Task ClearOtherDefaultsAsync(GatewayDbContext context, ProviderKeyRow row, CancellationToken cancellationToken) => row.IsDefault
        ? context.ProviderKeys.Where(key => key.AccountId == row.AccountId && key.Provider == row.Provider && key.Id != row.Id && key.IsDefault)
            .ExecuteUpdateAsync(static other => other.SetProperty(static key => key.IsDefault, false), cancellationToken)
        : Task.CompletedTask;

    private static Error Duplicate() => new(ErrorCode.DuplicateKey, "There is a key of that nickname for this provider.", "nickname");

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    // Four characters of a short secret would be too much of it; of a JSON document they say nothing.
    private static string Tail(string secret) => secret.Length >= ShownLength * 4 && !secret.StartsWith('{') ? secret[^ShownLength..] : "";
}
