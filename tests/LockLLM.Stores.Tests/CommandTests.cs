using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Storage;
using Microsoft.Data.Sqlite;

namespace LockLLM.Stores.Tests;

/// <summary>The command line, as an operator uses it: a process of its own on the folder of an installation.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Secret = "sk-commands-0123456789abcdefghijklmnop";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Help_names_the_commands()
    {
        using var run = await CommandAsync("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All((string[])["backup", "rotate-master-key", "verify-secrets", "verify-audit"], name => Assert.Contains(name, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bakcup", "x")]
    [InlineData("backup")]
    [InlineData("verify-secrets", "--nonsense")]
    public async Task What_is_not_understood_is_refused(params string[] arguments)
    {
        using var run = await CommandAsync(arguments);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task An_empty_folder_has_nothing_to_work_on()
    {
        using var run = await CommandAsync("verify-secrets");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no database", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_backup_opens_with_the_same_master_key()
    {
        var key = await PrepareAsync();
        using var elsewhere = new TemporaryFolder();
        var file = elsewhere.File("lockllm.db");
        using (var run = await CommandAsync("backup", file))
        {
            Assert.True(run.ExitCode == 0, run.Output);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using (var again = await CommandAsync("backup", file))
        {
            Assert.Equal(1, again.ExitCode);
            Assert.Contains("--force", again.Output, StringComparison.Ordinal);
        }

        File.Copy(_folder.File(MasterKeySource.FileName), elsewhere.File(MasterKeySource.FileName));
        await using var restored = await TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = elsewhere.Path });
        Assert.NotNull(restored.Keys.Find(key));
        Assert.Equal(Secret, OpenedBy(restored));
    }

    [Fact]
    public async Task The_master_key_of_the_data_folder_is_replaced()
    {
        var key = await PrepareAsync();
        var former = await File.ReadAllTextAsync(_folder.File(MasterKeySource.FileName));
        using (var run = await CommandAsync("rotate-master-key"))
        {
            Assert.True(run.ExitCode == 0, run.Output);
            Assert.Contains("3 secrets wrapped", run.Output, StringComparison.Ordinal);
        }

        Assert.NotEqual(former, await File.ReadAllTextAsync(_folder.File(MasterKeySource.FileName)));
        Assert.False(File.Exists(_folder.File(MasterKeySource.FileName + ".next")));
        await using (var installation = await OpenAsync())
        {
            Assert.NotNull(installation.Keys.Find(key));
            Assert.Equal(Secret, OpenedBy(installation));
        }

        using (var secrets = await CommandAsync("verify-secrets"))
        {
            Assert.True(secrets.ExitCode == 0, secrets.Output);
            Assert.Contains("provider_keys.secret: 1 open, 0 do not", secrets.Output, StringComparison.Ordinal);
        }

        using var audit = await CommandAsync("verify-audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
    }

    [Fact]
    public async Task Damage_is_told_by_the_exit_code()
    {
        await PrepareAsync();
        await using (var connection = new SqliteConnection($"Data Source={_folder.File("lockllm.db")};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE provider_keys SET id = 'pk_moved'; UPDATE audit_events SET action = 'nothing' WHERE sequence = 1";
            await command.ExecuteNonQueryAsync();
        }

        using var secrets = await CommandAsync("verify-secrets");
        Assert.Equal(2, secrets.ExitCode);
        Assert.Contains("provider_keys.secret pk_moved does not open", secrets.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, secrets.Output, StringComparison.Ordinal);
        using var audit = await CommandAsync("verify-audit");
        Assert.Equal(2, audit.ExitCode);
        Assert.Contains("breaks at event 1", audit.Output, StringComparison.Ordinal);
    }

    private static string? OpenedBy(TestInstallation installation) =>
        installation.Vault.Open(installation.Snapshots.Find(installation.Account)!.FindProviderKey("openai")!, "req_1").Value?.Secret;

    private async Task<string> PrepareAsync()
    {
        await using var installation = await OpenAsync();
        await installation.ProviderKeys.CreateAsync(installation.Account, new ProviderKeyDraft { Provider = "openai", ApiKey = Secret }, "mem_test", null, default);
        return (await installation.Keys.CreateAsync(installation.Account, new ApiKeyDraft("kept"), "mem_test", null, default)).Value!.Secret;
    }

    private Task<TestInstallation> OpenAsync() => TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });

    private Task<GatewayProcess> CommandAsync(params string[] arguments) => GatewayProcess.RunCommandAsync([.. arguments, $"--LockLLM:DataDirectory={_folder.Path}"]);
}
