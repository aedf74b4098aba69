using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Dashboard;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Opens the installation before the first request: data folder, schema, master key, and what an empty installation needs.
/// One gateway at a time; the others find everything made. A database whose master key is missing is refused, since a new
/// one would lock every caller out.
/// </summary>
internal sealed class FirstRun(
    GatewayOptions options, InstallationStore installation, AccountStore accounts, ApiKeyStore keys, ProviderKeyStore providerKeys,
    MemberStore members, InvitationStore invitations, AuditTrail audit, SnapshotRefresher snapshots, SqliteFile? file = null)
{
    public async Task OpenAsync(string? addresses, TextWriter console, CancellationToken cancellationToken)
    {
        var directory = options.ResolveDataDirectory();
        try
        {
            PrivateFile.CreateDirectory(directory);
            file?.CreatePrivately();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"The data folder {directory} cannot be used: {failed.Message} Set LockLLM:DataDirectory to a folder that this user can write.");
        }

        try
        {
            await using (await installation.LockAsync(cancellationToken))
            {
                await installation.MigrateAsync(cancellationToken);
                await UnlockAsync(Source(), console, cancellationToken);
                await audit.OpenAsync(cancellationToken);
                await keys.OpenAsync(cancellationToken);
                await snapshots.RefreshAsync(cancellationToken);
                await BootstrapAsync(addresses, console, cancellationToken);
            }
        }
        catch (DatabaseUnavailableException failed)
        {
            throw Unusable(failed.InnerException!);
        }
        catch (Exception failed) when (GatewayDatabase.IsOutage(failed))
        {
            throw Unusable(failed);
        }
    }

    /// <summary>Opens an installation that is there already, for a command; makes and changes nothing.</summary>
    /// <returns>The master key at hand; null where <paramref name="withMasterKey"/> is false.</returns>
    public async Task<MasterKey?> AttachAsync(bool withMasterKey, CancellationToken cancellationToken)
    {
        if (file is { Exists: false })
        {
            throw new StartupRefusal($"There is no database {file.Path}. Set LockLLM:DataDirectory to the folder of the gateway.");
        }

        try
        {
            if (!await installation.IsUpToDateAsync(cancellationToken) || !await installation.ExistsAsync(cancellationToken))
            {
                throw new StartupRefusal("The database is empty or of another version. Start the gateway of this version once.");
            }

            if (!withMasterKey)
            {
                return null;
            }

            var source = Source();
            var masterKey = await source.ReadAsync(cancellationToken) ?? throw new StartupRefusal($"The master key is missing. Restore {source.OwnFile}, or set LockLLM:MasterKey, LockLLM:MasterKeyFile or LockLLM:MasterKeyCommand.");
            if (!await installation.UnlockAsync(masterKey, cancellationToken))
            {
                throw new StartupRefusal("The master key is not the one that the database was written under.");
            }

            await audit.OpenAsync(cancellationToken);
            return masterKey;
        }
        catch (DatabaseUnavailableException failed)
        {
            throw Unusable(failed.InnerException!);
        }
        catch (Exception failed) when (GatewayDatabase.IsOutage(failed))
        {
            throw Unusable(failed);
        }
    }

    public MasterKeySource Source() => new(options.MasterKey, options.MasterKeyFile, options.MasterKeyCommand, options.ResolveDataDirectory());

    private StartupRefusal Unusable(Exception cause) => new(file is null
        ? $"The PostgreSQL database of LockLLM:Database:ConnectionString cannot be used: {cause.GetBaseException().Message}"
        : $"The database {file.Path} cannot be used: {cause.GetBaseException().Message}");

    private async Task UnlockAsync(MasterKeySource source, TextWriter console, CancellationToken cancellationToken)
    {
        var masterKey = await source.ReadAsync(cancellationToken);
        if (!await installation.ExistsAsync(cancellationToken))
        {
            if (masterKey is null)
            {
                masterKey = await source.GenerateAsync(cancellationToken);
                await console.WriteLineAsync($"Created the master key {source.OwnFile}. Keep a copy of it in a safe place.");
            }

            await installation.CreateAsync(masterKey, cancellationToken);
        }

        if (masterKey is null)
        {
            throw new StartupRefusal($"The database holds keys but the master key is missing. Restore {source.OwnFile}, or set LockLLM:MasterKey, LockLLM:MasterKeyFile or LockLLM:MasterKeyCommand.");
        }

        if (!await installation.UnlockAsync(masterKey, cancellationToken))
        {
            throw new StartupRefusal(
                "The master key is not the one that the database was written under, so no key would be accepted. Give the former key by LockLLM:MasterKey, LockLLM:MasterKeyFile or LockLLM:MasterKeyCommand.");
        }
    }

    private async Task BootstrapAsync(string? addresses, TextWriter console, CancellationToken cancellationToken)
    {
        var account = (await accounts.ListIdsAsync(cancellationToken)) is [var first, ..]
            ? first
            : await accounts.CreateAsync("Default", ShippedSettings(), AuditEvent.SystemActor, cancellationToken);
        await AddFirstKeyAsync(account, addresses, console, cancellationToken);
        await AddProviderKeysAsync(account, cancellationToken);
        await AddOwnerAsync(account, addresses, console, cancellationToken);
    }

    private AccountSettings ShippedSettings() => AccountSettings.Default with
    {
        DefaultScanAction = options.Proxy.DefaultScanAction == ThreatActions.Block ? ScanAction.Block : ScanAction.AllowWithWarning,
    };

    private async Task AddFirstKeyAsync(string account, string? addresses, TextWriter console, CancellationToken cancellationToken)
    {
        var given = options.Bootstrap.ApiKey;
        if (!string.IsNullOrEmpty(given))
        {
            if (ApiKeyFormat.Problem(given) is { } problem)
            {
                throw new StartupRefusal($"LockLLM:Bootstrap:ApiKey {problem}.");
            }

            await keys.EnsureAsync(account, "bootstrap", given, cancellationToken);
            if (given.Length == ApiKeyFormat.Length && !ApiKeyFormat.HasValidChecksum(given))
            {
                await console.WriteLineAsync("LockLLM:Bootstrap:ApiKey has the length of a generated key but not its checksum. If it was copied, it was copied wrong.");
            }

            return;
        }

        if (!await keys.AnyAsync(cancellationToken))
        {
            var created = await keys.CreateAsync(account, new ApiKeyDraft("first"), AuditEvent.SystemActor, null, cancellationToken);
            var key = created.Value!.Secret;
            await console.WriteLineAsync($$"""

                Your API key, shown this once:

                    {{key}}

                Try it:

                    curl {{CallableAddress(addresses)}}/v1/scan -H "Authorization: Bearer {{key}}" -H "Content-Type: application/json" -d '{"input":"How do I descale a kettle?"}'

                """);
        }
    }

    private async Task AddOwnerAsync(string account, string? addresses, TextWriter console, CancellationToken cancellationToken)
    {
        var (email, password) = (options.Bootstrap.OwnerEmail, options.Bootstrap.OwnerPassword);
        if (string.IsNullOrEmpty(email) != string.IsNullOrEmpty(password))
        {
            throw new StartupRefusal("LockLLM:Bootstrap:OwnerEmail and LockLLM:Bootstrap:OwnerPassword go together: set both or none.");
        }

        if (await members.AnyAsync(cancellationToken))
        {
            return;
        }

        if (!string.IsNullOrEmpty(email))
        {
            if ((await members.CreateOwnerAsync(account, email, password, cancellationToken)).Error is { } error)
            {
                throw new StartupRefusal($"The owner of LockLLM:Bootstrap:OwnerEmail and OwnerPassword cannot be made: {error.Message}");
            }
        }
        else if (await invitations.CreateSetupAsync(account, cancellationToken) is { } setup)
        {
            await console.WriteLineAsync($$"""

                Nobody can sign in yet. Open this in a browser; it makes you the owner, once, until {{setup.Invitation.ExpiresAt:yyyy-MM-dd HH:mm}} UTC or the next start:

                    {{CallableAddress(addresses)}}{{DashboardPages.Join}}?owner#{{setup.Token}}

                Or without a browser:

                    curl {{CallableAddress(addresses)}}/api/v1/invitations/accept -H "Content-Type: application/json" -d '{"token":"{{setup.Token}}","email":"you@example.com","name":"You","password":"..."}'

                """);
        }
    }

    private async Task AddProviderKeysAsync(string account, CancellationToken cancellationToken)
    {
        if (options.Bootstrap.ProviderKeys.Count == 0)
        {
            return;
        }

        var stored = await providerKeys.ListAsync(account, cancellationToken);
        foreach (var (given, n) in options.Bootstrap.ProviderKeys.Select(static (given, n) => (given, n)))
        {
            if (stored.Any(key => key.Provider.Equals(given.Provider, StringComparison.OrdinalIgnoreCase) && key.Nickname == (given.Nickname?.Trim() ?? "")))
            {
                continue;
            }

            var draft = new ProviderKeyDraft { Provider = given.Provider, ApiKey = given.ApiKey, EndpointUrl = given.EndpointUrl, Nickname = given.Nickname };
            if ((await providerKeys.CreateAsync(account, draft, AuditEvent.SystemActor, null, cancellationToken)).Error is { } error)
            {
                throw new StartupRefusal($"LockLLM:Bootstrap:ProviderKeys:{n} cannot be stored: {error.Message}");
            }
        }
    }

    // The first address a person on this machine can call.
    private static string CallableAddress(string? addresses)
    {
        var first = (string.IsNullOrWhiteSpace(addresses) ? Server.DefaultAddress : addresses).Split(';')[0].TrimEnd('/');
        foreach (var any in (string[])["//0.0.0.0", "//[::]", "//*", "//+"])
        {
            first = first.Replace(any, "//127.0.0.1", StringComparison.Ordinal);
        }

        return first;
    }
}
