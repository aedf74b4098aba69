using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed partial class FirstRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_start_prints_one_working_key_and_the_second_none()
    {
        await using var first = await StartAsync();
        var key = Assert.Single(Key().Matches(first.Printed).Select(match => match.Value).Distinct());
        Assert.NotNull(first.Keys.Find(key));
        Assert.Contains($"curl http://127.0.0.1:8080/v1/scan -H \"Authorization: Bearer {key}\"", first.Printed, StringComparison.Ordinal);
        Assert.Single(MasterKeyLine().Matches(first.Printed));

        await using var second = await StartAsync();
        Assert.DoesNotContain("llm_", second.Printed, StringComparison.Ordinal);
        Assert.NotNull(second.Keys.Find(key));
    }

    [Theory]
    [InlineData("http://0.0.0.0:9000", "http://127.0.0.1:9000/v1/scan")]
    [InlineData("http://*:9000/;http://x:1", "http://127.0.0.1:9000/v1/scan")]
    [InlineData("https://[::]:9000", "https://127.0.0.1:9000/v1/scan")]
    [InlineData("http://gateway.example:80", "http://gateway.example:80/v1/scan")]
    public async Task The_printed_call_uses_an_address_that_answers_here(string addresses, string url)
    {
        await using var installation = await TestInstallation.OpenAsync(Options(), addresses);
        Assert.Contains(" " + url + " ", installation.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_and_its_files_are_for_their_owner_only()
    {
        var inner = _folder.File("data");
        await using var installation = await StartAsync(new GatewayOptions { DataDirectory = inner });
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
        Assert.All(
            Directory.GetFiles(inner).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.True(File.Exists(Path.Combine(inner, MasterKeySource.FileName)));
    }

    [Fact]
    public async Task A_given_key_is_accepted_and_nothing_is_printed_about_it()
    {
        const string key = "llm_given-by-the-operator-0123456789";
        var options = Options();
        options.Bootstrap.ApiKey = key;
        for (var start = 0; start < 2; start++)
        {
            await using var installation = await StartAsync(options);
            Assert.NotNull(installation.Keys.Find(key));
            Assert.DoesNotContain("llm_", installation.Printed, StringComparison.Ordinal);
            Assert.Single(await installation.Keys.ListAsync(installation.Account, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_given_key_that_was_revoked_stays_revoked()
    {
        const string key = "llm_given-by-the-operator-0123456789";
        var options = Options();
        options.Bootstrap.ApiKey = key;
        await using (var first = await StartAsync(options))
        {
            await first.Keys.RevokeAsync(first.Account, first.Keys.Find(key)!.Key.Id, "test", null, CancellationToken.None);
        }

        await using var second = await StartAsync(options);
        Assert.Null(second.Keys.Find(key));
    }

    [Fact]
    public async Task A_given_key_that_looks_mistyped_is_pointed_out()
    {
        var options = Options();
        options.Bootstrap.ApiKey = ApiKeyFormat.Prefix + new string('0', ApiKeyFormat.Length - 4);
        await using var installation = await StartAsync(options);
        Assert.Contains("checksum", installation.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("llm_tooshort")]
    [InlineData("sk_0123456789012345678901234567890123456789")]
    [InlineData(" ")]
    public async Task A_given_key_that_cannot_work_stops_the_start(string key)
    {
        var options = Options();
        options.Bootstrap.ApiKey = key;
        var refusal = await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync(options));
        Assert.StartsWith("LockLLM:Bootstrap:ApiKey must", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refusal.Message.Replace("must start with llm_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_provider_keys_are_stored_once_and_open_again()
    {
        var options = Options();
        options.Bootstrap.ProviderKeys =
        [
            new BootstrapProviderKey { Provider = "openai", ApiKey = "sk-first-0123456789" },
            new BootstrapProviderKey { Provider = "custom", ApiKey = "sk-second-0123456789", EndpointUrl = "https://models.example.com/v1", Nickname = "own" },
        ];
        for (var start = 0; start < 2; start++)
        {
            await using var installation = await StartAsync(options);
            var account = installation.Snapshots.Find(installation.Account)!;
            Assert.Equal(2, account.ProviderKeys.Count);
            var opened = installation.Vault.Open(account.FindProviderKey("custom", "own")!, "req_test");
            Assert.Equal(("sk-second-0123456789", "models.example.com"), (opened.Value!.Secret, opened.Value.Host));
        }
    }

    [Theory]
    [InlineData("nobody", "sk-1", null)]
    [InlineData("openai", null, null)]
    [InlineData("custom", "sk-1", null)]
    [InlineData("custom", "sk-1", "http://127.0.0.1/v1")]
    public async Task A_given_provider_key_that_cannot_work_stops_the_start(string provider, string? key, string? endpoint)
    {
        var options = Options();
        options.Bootstrap.ProviderKeys = [new BootstrapProviderKey { Provider = provider, ApiKey = key, EndpointUrl = endpoint }];
        Assert.Contains("LockLLM:Bootstrap:ProviderKeys:0", (await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync(options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_key_lost_after_the_first_start_stops_the_next()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(_folder.File(MasterKeySource.FileName));
        var refusal = await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync());
        Assert.Contains("LockLLM:MasterKey", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File(MasterKeySource.FileName)));
    }

    [Fact]
    public async Task A_master_key_can_come_from_a_file_or_a_setting()
    {
        var value = MasterKey.Generate().ToBase64();
        var file = _folder.File("key.txt");
        File.WriteAllText(file, value + "\n");
        await (await StartAsync(new GatewayOptions { DataDirectory = _folder.Path, MasterKeyFile = file })).DisposeAsync();
        await (await StartAsync(new GatewayOptions { DataDirectory = _folder.Path, MasterKey = value })).DisposeAsync();
        Assert.False(File.Exists(_folder.File(MasterKeySource.FileName)));

        await RefusesAsync("more than one is set", options => (options.MasterKey, options.MasterKeyFile) = (value, file));
        await RefusesAsync("does not exist", options => options.MasterKeyFile = file + ".missing");
        await RefusesAsync("is not the one", options => options.MasterKey = MasterKey.Generate().ToBase64());
        File.WriteAllText(file, "too short");
        await RefusesAsync("LockLLM:MasterKeyFile", options => options.MasterKeyFile = file);
    }

    [Fact]
    public async Task A_master_key_can_come_from_a_command()
    {
        var value = MasterKey.Generate().ToBase64();
        var file = _folder.File("vault.txt");
        File.WriteAllText(file, value + "\n");
        await (await StartAsync(new GatewayOptions { DataDirectory = _folder.Path, MasterKeyCommand = $"cat '{file}' | tr -d ' '" })).DisposeAsync();
        Assert.False(File.Exists(_folder.File(MasterKeySource.FileName)));
        await (await StartAsync(new GatewayOptions { DataDirectory = _folder.Path, MasterKey = value })).DisposeAsync();

        await RefusesAsync("more than one is set", options => (options.MasterKey, options.MasterKeyCommand) = (value, "true"));
        await RefusesAsync("ended with 3", options => options.MasterKeyCommand = $"cat '{file}'; exit 3");
        await RefusesAsync("ended with 127", options => options.MasterKeyCommand = "/nonexistent/vault");
        await RefusesAsync("LockLLM:MasterKeyCommand is not base64", options => options.MasterKeyCommand = "echo not a key");
        await RefusesAsync("LockLLM:MasterKeyCommand holds 0 bytes", options => options.MasterKeyCommand = "cat");
        await RefusesAsync("more than a key", options => options.MasterKeyCommand = "cat /dev/zero");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_stops_the_start()
    {
        File.WriteAllText(_folder.File("file"), "");
        var refusal = await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync(new GatewayOptions { DataDirectory = _folder.File("file/data") }));
        Assert.Contains("LockLLM:DataDirectory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_database_stops_the_start_and_stays_as_it_is()
    {
        await (await StartAsync()).DisposeAsync();

        // Pooled connections keep the write-ahead log, from which SQLite would mend the file.
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var file = _folder.File("lockllm.db");
        File.WriteAllText(file, "This is no database.");
        Assert.Contains(file, (await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync())).Message, StringComparison.Ordinal);
        Assert.Equal("This is no database.", File.ReadAllText(file));
    }

    [Fact]
    public async Task The_process_serves_the_key_it_prints_and_stops_when_asked()
    {
        var directory = "--LockLLM:DataDirectory=" + _folder.File("data");
        using (var gateway = await GatewayProcess.StartAsync(directory))
        {
            await ScanAndStopAsync(gateway);
        }

        using var again = await GatewayProcess.StartAsync(directory);
        Assert.Empty(Key().Matches(again.Output));
    }

    [Fact]
    public async Task What_is_published_serves_too()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "publish", "LockLLM.Gateway", "release_linux-x64");
        Assert.SkipUnless(Directory.Exists(folder), "Publish it first: dotnet publish src/LockLLM.Gateway -c Release -r linux-x64");
        using var gateway = await GatewayProcess.StartPublishedAsync(folder, "--LockLLM:DataDirectory=" + _folder.File("data"));
        await ScanAndStopAsync(gateway);
    }

    [Theory]
    [InlineData("--LockLLM:MasterKey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "LockLLM:MasterKey is a sample")]
    [InlineData("--LockLLM:MasterKey=short", "LockLLM:MasterKey")]
    [InlineData("--LockLLM:Scna:Debug=true", "LockLLM:Scna is not a setting")]
    [InlineData("--LockLLM:Scan:Debug=perhaps", "LockLLM:Scan:Debug")]
    [InlineData("--LockLLM:Scan:MaxRequestBytes=7", "LockLLM:Scan:MaxRequestBytes")]
    [InlineData("--LockLLM:Bootstrap:ApiKey=llm_x", "LockLLM:Bootstrap:ApiKey must")]
    public async Task A_refused_start_ends_with_one_sentence_and_code_1(string argument, string sentence)
    {
        using var gateway = await GatewayProcess.RunToEndAsync("--LockLLM:DataDirectory=" + _folder.File("data"), argument);
        Assert.Equal(1, gateway.ExitCode);
        Assert.Contains(sentence, gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", gateway.Output, StringComparison.Ordinal);
        Assert.InRange(gateway.Output.Trim().Split('\n').Length, 1, 2);
    }

    [Fact]
    public async Task An_address_in_use_ends_with_the_remedy()
    {
        using var first = await GatewayProcess.StartAsync("--LockLLM:DataDirectory=" + _folder.File("one"));
        using var second = await GatewayProcess.RunToEndAsync("--LockLLM:DataDirectory=" + _folder.File("two"), "--urls", first.Address.ToString());
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("Choose another address with --urls.", second.Output, StringComparison.Ordinal);
    }

    private Task<TestInstallation> StartAsync(GatewayOptions? options = null) => TestInstallation.OpenAsync(options ?? Options());

    private static async Task ScanAndStopAsync(GatewayProcess gateway)
    {
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key().Match(gateway.Output).Value);
        Assert.False((await (await client.ScanAsync($$"""{"input":{{System.Text.Json.JsonSerializer.Serialize(Prompts.Attack)}}}""")).VerdictAsync()).GetProperty("safe").GetBoolean());
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);
    }

    private async Task RefusesAsync(string words, Action<GatewayOptions> change)
    {
        var options = Options();
        change(options);
        Assert.Contains(words, (await Assert.ThrowsAsync<StartupRefusal>(() => StartAsync(options))).Message, StringComparison.Ordinal);
    }

    private GatewayOptions Options() => new() { DataDirectory = _folder.Path };

    [GeneratedRegex("llm_[0-9A-Za-z]{49}")]
    private static partial Regex Key();

    [GeneratedRegex("Created the master key")]
    private static partial Regex MasterKeyLine();
}
