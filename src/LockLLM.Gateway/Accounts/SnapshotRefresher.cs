using System.Net;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Accounts;

/// <summary>
/// Keeps the snapshots up with the database: at once when the change feed says so, at the next poll otherwise. A poll
/// reads one number. While the database is gone the snapshots stay as they are.
/// </summary>
internal sealed partial class SnapshotRefresher(
    GatewayDatabase database, InstallationStore installation, AccountSnapshots snapshots, IChangeFeed feed, DatabaseOptions options, ILogger<SnapshotRefresher> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private readonly SemaphoreSlim _hint = new(0, 1);

    /// <summary>Returns when the snapshots hold every change that was committed before the call.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await LoadAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
        _hint.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.Subscribe(_ => Hint());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _hint.WaitAsync(options.PollInterval, stoppingToken);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                patience.CancelAfter(s_patience);
                await RefreshAsync(patience.Token);
                Report(isCurrent: true);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Whatever went wrong, the next poll tries again; requests go on with what is known.
                if (snapshots.IsCurrent)
                {
                    LogOutage(new Fault(failed));
                }

                Report(isCurrent: false);
            }
        }
    }

    private void Report(bool isCurrent)
    {
        if (isCurrent && !snapshots.IsCurrent && snapshots.Revision >= 0)
        {
            LogRecovered();
        }

        snapshots.Report(isCurrent);
    }

    private void Hint()
    {
        try
        {
            _hint.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody said so already.
        }
    }

    // Rows are read after the revision: they may be newer than it, which the next poll repeats, but never older.
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var known = snapshots.Revision;
        var loaded = await database.ReadAsync(
            async (context, token) =>
            {
                var revision = await context.Installation.Select(static row => row.Revision).SingleAsync(token);
                if (revision == known)
                {
                    return null;
                }

                // A revision that went back is a restored backup: everything is read anew.
                var since = revision > known ? known : -1;
                var accounts = await context.Accounts.Where(account => account.Revision > since).ToListAsync(token);
                var ids = accounts.Select(static account => account.Id).ToArray();
                var apiKeys = await context.ApiKeys.Where(key => ids.Contains(key.AccountId) && key.RevokedAt == null).ToListAsync(token);
                var providerKeys = await context.ProviderKeys.Where(key => ids.Contains(key.AccountId)).ToListAsync(token);
                var all = await context.Accounts.Select(static account => account.Id).ToListAsync(token);
                return new Loaded(revision, since, accounts, apiKeys, providerKeys, all);
            },
            cancellationToken);
        if (loaded is not null)
        {
            // Read after the rows, so that no row is sealed under a key that is not yet known.
            await installation.RefreshKeysAsync(cancellationToken);
            Apply(loaded);
        }

        snapshots.Report(isCurrent: true);
    }

    private void Apply(Loaded loaded)
    {
        var apiKeys = loaded.ApiKeys.ToLookup(static key => key.AccountId);
        var providerKeys = loaded.ProviderKeys.ToLookup(static key => key.AccountId);
        var accounts = loaded.Since < 0 ? [] : loaded.AllIds.Select(snapshots.Find).OfType<AccountSnapshot>().ToDictionary(static account => account.AccountId);
        foreach (var account in loaded.Accounts)
        {
            accounts[account.Id] = new AccountSnapshot
            {
                AccountId = account.Id,
                Name = account.Name,
                Revision = account.Revision,
                Settings = AccountSettings.Parse(account.Settings),
                ApiKeys = [.. apiKeys[account.Id].Select(ApiKeyOf)],
                ProviderKeys = [.. providerKeys[account.Id].Select(ProviderKeyOf).OrderByDescending(static key => key.IsDefault).ThenByDescending(static key => key.CreatedAt)],
            };
        }

        snapshots.Replace(loaded.Revision, accounts);
    }

    public static ApiKey ApiKeyOf(ApiKeyRow row) => new()
    {
        Id = row.Id,
        AccountId = row.AccountId,
        Name = row.Name,
        Verifier = KeyVerifier.Read(row.Verifier),
        Last4 = row.Last4,
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        RevokedAt = row.RevokedAt,
        IsEnabled = row.IsEnabled,
        LastUsedAt = row.LastUsedAt,
        RequestsPerMinute = row.RequestsPerMinute,
        AllowedProviders = row.AllowedProviders?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
        AllowedNetworks = row.AllowedNetworks?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPNetwork.Parse).ToArray() ?? [],
        ReplacedById = row.ReplacedById,
    };

    public static ProviderKeyEntry ProviderKeyOf(ProviderKeyRow row) => new()
    {
        Id = row.Id,
        AccountId = row.AccountId,
        Provider = row.Provider,
        Nickname = row.Nickname,
        EndpointUrl = row.EndpointUrl,
        DeploymentName = row.DeploymentName,
        ApiVersion = row.ApiVersion,
        IsEnabled = row.IsEnabled,
        IsDefault = row.IsDefault,
        Secret = row.Secret,
        Last4 = row.Last4,
        Host = row.Host,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        LastUsedAt = row.LastUsedAt,
    };

    private sealed record Loaded(
        long Revision, long Since, List<Account> Accounts, List<ApiKeyRow> ApiKeys, List<ProviderKeyRow> ProviderKeys, List<string> AllIds);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "The database does not answer. Known keys go on working, unknown ones get 503. {Fault}")]
    private partial void LogOutage(Fault fault);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "The database answers again")]
    private partial void LogRecovered();
}
