using System.CommandLine;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// What an operator does at the command line. Exit codes: 0 done and good, 1 not done, 2 done and something found that is
/// not as it should be. Settings come from where the gateway has them, and as <c>--LockLLM:Name=value</c>.
/// </summary>
internal static class Commands
{
    private const int Good = 0;
    private const int Refused = 1;
    private const int Damaged = 2;

    // Longer than a gateway takes to notice a new master key.
    private static readonly TimeSpan s_follow = TimeSpan.FromSeconds(5);

    /// <summary>Whether these arguments name a command or ask for help, rather than start the gateway.</summary>
    public static bool Names(string[] args) =>
        args is [var first, ..] && (first is "-h" or "-?" or "--help" or "--version" || (first is [var letter, ..] && char.IsAsciiLetter(letter) && !first.Contains('=', StringComparison.Ordinal)));

    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var settings = args.Where(IsSetting).ToArray();
        return Root(settings).Parse([.. args.Where(static arg => !IsSetting(arg))]).InvokeAsync(cancellationToken: cancellationToken);
    }

    private static bool IsSetting(string arg) => arg.StartsWith("--LockLLM:", StringComparison.OrdinalIgnoreCase) && arg.Contains('=', StringComparison.Ordinal);

    private static RootCommand Root(string[] settings) => new(
        "The LockLLM gateway. Without a command it serves; --urls says where. Settings are listed in docs/configuration.md and given as LockLLM__Name in the environment or --LockLLM:Name=value.")
    {
        Backup(settings),
        RotateMasterKey(settings),
        VerifySecrets(settings),
        VerifyAudit(settings),
    };

    private static Command Backup(string[] settings)
    {
        var target = new Argument<string>("FILE") { Description = "Where to write the copy." };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        var command = new Command("backup", "Writes a checked copy of the embedded database; gateways may be running. The master key is not in it.") { target, force };
        command.SetAction((parsed, token) => WithInstallationAsync(settings, async (services, token) =>
        {
            if (services.GetService<SqliteFile>() is not { } file)
            {
                throw new StartupRefusal("The database is PostgreSQL: back it up with pg_dump.");
            }

            await services.GetRequiredService<FirstRun>().AttachAsync(withMasterKey: false, token);
            var path = Path.GetFullPath(parsed.GetRequiredValue(target));
            await SqliteBackup.WriteAsync(file, path, parsed.GetValue(force), token);
            await Console.Out.WriteLineAsync($"Wrote {path}. It is of no use without the master key, which is not in it.");
            return Good;
        }, token));
        return command;
    }

    private static Command RotateMasterKey(string[] settings)
    {
        var keyFile = new Option<string>("--new-key-file")
        {
            Description = "File of the new key, made if it does not exist. Needed where the master key is configured rather than in the data folder.",
        };
        var command = new Command(
            "rotate-master-key",
            "Wraps every secret under a new master key; gateways may be running. Run again after an interruption: it carries on where it was.") { keyFile };
        command.SetAction((parsed, token) => WithInstallationAsync(settings, (services, token) => RotateAsync(services, parsed.GetValue(keyFile), token), token));
        return command;
    }

    private static Command VerifySecrets(string[] settings)
    {
        var command = new Command("verify-secrets", "Opens every stored secret once and says where one does not open. Changes nothing, shows no secret.");
        command.SetAction((_, token) => WithInstallationAsync(settings, async (services, token) =>
        {
            await services.GetRequiredService<FirstRun>().AttachAsync(withMasterKey: true, token);
            var columns = services.GetRequiredService<SealedColumns>();
            var exit = Good;
            foreach (var column in columns.Find())
            {
                var (good, bad) = await columns.VerifyAsync(column, token);
                await Console.Out.WriteLineAsync($"{column}: {good} open, {bad.Count} do not");
                foreach (var id in bad)
                {
                    await Console.Error.WriteLineAsync($"{column} {id} does not open: it was tampered with, or its master key is gone.");
                    exit = Damaged;
                }
            }

            return exit;
        }, token));
        return command;
    }

    private static Command VerifyAudit(string[] settings)
    {
        var command = new Command("verify-audit", "Follows the chain of the audit trail from its beginning and says where it was changed.");
        command.SetAction((_, token) => WithInstallationAsync(settings, async (services, token) =>
        {
            await services.GetRequiredService<FirstRun>().AttachAsync(withMasterKey: true, token);
            var check = await services.GetRequiredService<AuditTrail>().VerifyAsync(token);
            await Console.Out.WriteLineAsync($"{check.Events} events hold");
            if (check.IsIntact)
            {
                return Good;
            }

            await Console.Error.WriteLineAsync($"The audit trail breaks at event {check.BrokenAt}: {check.Problem}");
            return Damaged;
        }, token));
        return command;
    }

    private static async Task<int> RotateAsync(IServiceProvider services, string? keyFile, CancellationToken cancellationToken)
    {
        var firstRun = services.GetRequiredService<FirstRun>();
        var rotation = services.GetRequiredService<MasterKeyRotation>();
        var audit = services.GetRequiredService<AuditTrail>();
        var ring = services.GetRequiredService<MasterKeyRing>();
        var atHand = (await firstRun.AttachAsync(withMasterKey: true, cancellationToken))!;
        var source = firstRun.Source();
        if (!await rotation.IsUnderWayAsync(cancellationToken))
        {
            var path = source.IsOwnFile ? source.NextFile : keyFile ?? throw new StartupRefusal("The master key is configured: say with --new-key-file where the new one is, or is to be made.");
            var next = MasterKeySource.ReadOrGenerate(path);
            if (source.IsOwnFile && next.Id == atHand.Id)
            {
                // Left by a run that was cut off at its very end.
                source.DropNext();
                next = MasterKeySource.ReadOrGenerate(path);
            }

            if (next.Id == atHand.Id)
            {
                throw new StartupRefusal($"{path} holds the present master key. Name a file with a new one.");
            }

            if (!await rotation.BeginAsync(next, cancellationToken))
            {
                throw new StartupRefusal("The new key was in use before, or another rotation has just begun. Give a new key, or run this again.");
            }

            await audit.RecordAsync(new AuditEvent("master_key.rotation_begun", null, AuditEvent.SystemActor, next.Id), cancellationToken);
        }

        var (good, bad) = await rotation.RewrapAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"{good} secrets wrapped under the new master key");
        if (bad.Count > 0)
        {
            await Console.Error.WriteLineAsync($"These do not open and were left as they are: {string.Join(", ", bad)}. Store them again or delete them, then run this again. The former key is still needed.");
            return Damaged;
        }

        if (source.IsOwnFile)
        {
            source.Replace(ring.Active);
            await Task.Delay(s_follow, cancellationToken);
        }
        else if (atHand.Id != ring.Active.Id)
        {
            await Console.Out.WriteLineAsync("Now configure the new key on every node. Until then they follow by the former one. When all have it, run this again to end the rotation.");
            return Good;
        }

        await rotation.FinishAsync(cancellationToken);
        if (source.IsOwnFile)
        {
            source.DropNext();
        }

        await audit.RecordAsync(new AuditEvent("master_key.rotated", null, AuditEvent.SystemActor, ring.Active.Id), cancellationToken);
        await Console.Out.WriteLineAsync("The rotation is finished. The former master key opens nothing any more but older backups.");
        return Good;
    }

    private static async Task<int> WithInstallationAsync(string[] settings, Func<IServiceProvider, CancellationToken, Task<int>> act, CancellationToken cancellationToken)
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(settings);
            builder.Logging.ClearProviders();
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddInstallation(StrictConfiguration.Read(builder.Configuration));
            await using var provider = services.BuildServiceProvider();
            return await act(provider, cancellationToken);
        }
        catch (StartupRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return Refused;
        }
        catch (DatabaseUnavailableException failed)
        {
            await Console.Error.WriteLineAsync($"The database does not answer: {failed.InnerException!.Message}");
            return Refused;
        }
    }
}
