using System.Security.Cryptography;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Identity;

/// <summary>The life of API keys. What is kept of a key is an HMAC of it; requests find it by that, in memory.</summary>
internal sealed class ApiKeyStore(
    GatewayDatabase database, AccountChanges changes, AccountSnapshots snapshots, InstallationStore installation, MasterKeyRing masterKeys, AuditTrail audit, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan MaxGrace = TimeSpan.FromHours(72);

    private const int MaxKeysPerAccount = 10_000;
    private const string PepperId = "api_key_verifiers";

    private static readonly Error s_missing = new(ErrorCode.KeyNotFound, "No such key.");

    // Setting one up takes longer than what it then works out.
    private ThreadLocal<IncrementalHash>? _hmac;

    /// <summary>The key of the verifiers comes from the first master key and is sealed under the present one, so that it survives rotations.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var pepper = await installation.SecretAsync(PepperId, () => masterKeys.Active.Derive("api key verifiers"), cancellationToken);
        _hmac = new ThreadLocal<IncrementalHash>(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, pepper));
    }

    public void Dispose() => _hmac?.Dispose();

    /// <summary>From memory; expired and disabled keys are found too.</summary>
    public KnownKey? Find(ReadOnlySpan<char> key) => snapshots.Find(Verify(key));

    public Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(static (context, token) => context.ApiKeys.AnyAsync(token), cancellationToken);

    /// <summary>Newest first, revoked ones included.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(string accountId, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync(
            (context, token) => context.ApiKeys.Where(key => key.AccountId == accountId).OrderByDescending(static key => key.CreatedAt).ThenByDescending(static key => key.Id).ToListAsync(token),
            cancellationToken)).Select(SnapshotRefresher.ApiKeyOf)];

    public async Task<Outcome<ApiKey>> FindAsync(string accountId, string id, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.ApiKeys.SingleOrDefaultAsync(key => key.Id == id && key.AccountId == accountId, token), cancellationToken) is { } row
            ? SnapshotRefresher.ApiKeyOf(row)
            : s_missing;

    public Task<Outcome<CreatedApiKey>> CreateAsync(string accountId, ApiKeyDraft draft, string actor, string? requestId, CancellationToken cancellationToken) =>
        AddAsync(accountId, draft, ApiKeyFormat.Generate(), actor, requestId, cancellationToken);

    /// <summary>Adds a key that the operator chose, unless it was there before, revoked or not.</summary>
    public async Task<bool> EnsureAsync(string accountId, string name, string key, CancellationToken cancellationToken)
    {
        var verifier = Verify(key).ToArray();
        if (await database.ReadAsync((context, token) => context.ApiKeys.AnyAsync(row => row.Verifier == verifier, token), cancellationToken))
        {
            return false;
        }

        return (await AddAsync(accountId, new ApiKeyDraft(name), key, AuditEvent.SystemActor, null, cancellationToken)).Error is null;
    }

    /// <summary>A new secret with the same name and settings; the former one is accepted until the grace ends.</summary>
    public Task<Outcome<CreatedApiKey>> RotateAsync(string accountId, string id, TimeSpan grace, string actor, string? requestId, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero || grace > MaxGrace)
        {
            return Task.FromResult<Outcome<CreatedApiKey>>(new Error(ErrorCode.InvalidInput, $"The grace must be 0 to {MaxGrace.TotalHours} hours.", "grace_hours"));
        }

        return changes.ApplyAsync<CreatedApiKey>(
            accountId,
            async (context, token) =>
            {
                var now = clock.GetUtcNow();
                if (await context.ApiKeys.SingleOrDefaultAsync(key => key.Id == id && key.AccountId == accountId, token) is not { } former)
                {
                    return s_missing;
                }

                if (SnapshotRefresher.ApiKeyOf(former).StatusAt(now) is not (ApiKeyStatus.Active or ApiKeyStatus.Disabled))
                {
                    return new Error(ErrorCode.KeyNotActive, "Only an active key can be rotated. Create a new one.");
                }

                var secret = ApiKeyFormat.Generate();
                var row = new ApiKeyRow
                {
                    Id = Ids.New(Ids.ApiKey),
                    AccountId = accountId,
                    Name = former.Name,
                    Verifier = Verify(secret).ToArray(),
                    Last4 = secret[^4..],
                    CreatedAt = now,
                    CreatedBy = actor,
                    ExpiresAt = former.ExpiresAt,
                    IsEnabled = former.IsEnabled,
                    RequestsPerMinute = former.RequestsPerMinute,
                    AllowedProviders = former.AllowedProviders,
                    AllowedNetworks = former.AllowedNetworks,
                };
                context.ApiKeys.Add(row);
                former.ReplacedById = row.Id;
                if (grace == TimeSpan.Zero)
                {
                    former.RevokedAt = now;
                }
                else if (former.ExpiresAt is null || former.ExpiresAt > now + grace)
                {
                    former.ExpiresAt = now + grace;
                }

                await audit.AppendAsync(context, new AuditEvent("api_key.rotated", accountId, actor, id, requestId, $"replaced_by={row.Id}"), token);
                return new CreatedApiKey(SnapshotRefresher.ApiKeyOf(row), secret);
            },
            cancellationToken);
    }

    /// <summary>At once and for good. Revoking a revoked key changes nothing.</summary>
    public Task<Outcome<ApiKey>> RevokeAsync(string accountId, string id, string actor, string? requestId, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, id, "api_key.revoked", actor, requestId, row =>
        {
            row.RevokedAt ??= clock.GetUtcNow();
            return null;
        }, cancellationToken);

    /// <summary>Name, limits and expiry, and whether it is accepted, where that is told; the secret stays.</summary>
    public Task<Outcome<ApiKey>> UpdateAsync(string accountId, string id, ApiKeyDraft draft, string actor, string? requestId, CancellationToken cancellationToken) =>
        draft.Problem(clock.GetUtcNow()) is { } problem
            ? Task.FromResult<Outcome<ApiKey>>(problem)
            : ChangeAsync(accountId, id, "api_key.updated", actor, requestId, row =>
            {
                row.Name = draft.Name.Trim();
                row.ExpiresAt = draft.ExpiresAt;
                row.RequestsPerMinute = draft.RequestsPerMinute;
                row.AllowedProviders = draft.ProvidersText();
                row.AllowedNetworks = draft.NetworksText();
                var former = row.IsEnabled;
                row.IsEnabled = draft.IsEnabled ?? former;
                return row.IsEnabled == former ? null : row.IsEnabled ? "enabled" : "disabled";
            }, cancellationToken);

    private Task<Outcome<CreatedApiKey>> AddAsync(string accountId, ApiKeyDraft draft, string secret, string actor, string? requestId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (draft.Problem(now) is { } problem)
        {
            return Task.FromResult<Outcome<CreatedApiKey>>(problem);
        }

        return changes.ApplyAsync<CreatedApiKey>(
            accountId,
            async (context, token) =>
            {
                if (!await context.Accounts.AnyAsync(account => account.Id == accountId, token))
                {
                    return new Error(ErrorCode.AccountNotFound, "No such account.");
                }

                if (await context.ApiKeys.CountAsync(key => key.AccountId == accountId && key.RevokedAt == null, token) >= MaxKeysPerAccount)
                {
                    return new Error(ErrorCode.InvalidInput, $"An account has at most {MaxKeysPerAccount} keys. Revoke some.");
                }

                var row = new ApiKeyRow
                {
                    Id = Ids.New(Ids.ApiKey),
                    AccountId = accountId,
                    Name = draft.Name.Trim(),
                    Verifier = Verify(secret).ToArray(),
                    Last4 = secret[^4..],
                    CreatedAt = now,
                    CreatedBy = actor,
                    ExpiresAt = draft.ExpiresAt,
                    IsEnabled = draft.IsEnabled ?? true,
                    RequestsPerMinute = draft.RequestsPerMinute,
                    AllowedProviders = draft.ProvidersText(),
                    AllowedNetworks = draft.NetworksText(),
                };
                context.ApiKeys.Add(row);
                await audit.AppendAsync(context, new AuditEvent("api_key.created", accountId, actor, row.Id, requestId), token);
                return new CreatedApiKey(SnapshotRefresher.ApiKeyOf(row), secret);
            },
            cancellationToken);
    }

    // What the change tells of itself goes into the audit trail.
    private Task<Outcome<ApiKey>> ChangeAsync(
        string accountId, string id, string action, string actor, string? requestId, Func<ApiKeyRow, string?> change, CancellationToken cancellationToken) =>
        changes.ApplyAsync<ApiKey>(
            accountId,
            async (context, token) =>
            {
                if (await context.ApiKeys.SingleOrDefaultAsync(key => key.Id == id && key.AccountId == accountId, token) is not { } row)
                {
                    return s_missing;
                }

                if (row.RevokedAt is null)
                {
                    var detail = change(row);
                    await audit.AppendAsync(context, new AuditEvent(action, accountId, actor, id, requestId, detail), token);
                }

                return SnapshotRefresher.ApiKeyOf(row);
            },
            cancellationToken);

    private KeyVerifier Verify(ReadOnlySpan<char> key) =>
        KeyVerifier.Of(key, _hmac?.Value ?? throw new InvalidOperationException("The installation has not been opened."));
}
