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
    public void The_first_start_prints_one_working_key_and_the_second_none()
    {
        var printed = Start(out var keys);
        var key = Assert.Single(Key().Matches(printed).Select(match => match.Value).Distinct());
        Assert.NotNull(keys.Find(key));
        Assert.Contains($"curl http://127.0.0.1:8080/v1/scan -H \"Authorization: Bearer {key}\"", printed, StringComparison.Ordinal);
        Assert.Single(MasterKeyLine().Matches(printed));

        Assert.Equal("", Start(out keys));
        Assert.NotNull(keys.Find(key));
    }

    [Theory]
    [InlineData("http://0.0.0.0:9000", "http://127.0.0.1:9000/v1/scan")]
    [InlineData("http://*:9000/;http://x:1", "http://127.0.0.1:9000/v1/scan")]
    [InlineData("https://[::]:9000", "https://127.0.0.1:9000/v1/scan")]
    [InlineData("http://gateway.example:80", "http://gateway.example:80/v1/scan")]
    public void The_printed_call_uses_an_address_that_answers_here(string addresses, string url)
    {
        var console = new StringWriter();
        FirstRun.Open(Options(), addresses, TimeProvider.System, console);
        Assert.Contains(" " + url + " ", console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_and_the_master_key_are_for_their_owner_only()
    {
        var inner = _folder.File("data");
        FirstRun.Open(new GatewayOptions { DataDirectory = inner }, null, TimeProvider.System, TextWriter.Null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(inner, FirstRun.MasterKeyFileName)));
    }

    [Fact]
    public void A_given_key_is_accepted_and_nothing_is_printed_about_it()
    {
        var options = Options();
        options.Bootstrap.ApiKey = "llm_given-by-the-operator-0123456789";
        var printed = Start(out var keys, options);
        Assert.NotNull(keys.Find("llm_given-by-the-operator-0123456789"));
        Assert.DoesNotContain("llm_", printed, StringComparison.Ordinal);
        Start(out keys, options);
        Assert.NotNull(keys.Find("llm_given-by-the-operator-0123456789"));
    }

    [Fact]
    public void A_given_key_that_looks_mistyped_is_pointed_out()
    {
        var options = Options();
        options.Bootstrap.ApiKey = ApiKeyFormat.Prefix + new string('0', ApiKeyFormat.Length - 4);
        Assert.Contains("checksum", Start(out _, options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("llm_tooshort")]
    [InlineData("sk_0123456789012345678901234567890123456789")]
    [InlineData(" ")]
    public void A_given_key_that_cannot_work_stops_the_start(string key)
    {
        var options = Options();
        options.Bootstrap.ApiKey = key;
        var refusal = Assert.Throws<StartupRefusal>(() => Start(out _, options));
        Assert.StartsWith("LockLLM:Bootstrap:ApiKey must", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refusal.Message.Replace("must start with llm_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_key_lost_after_the_first_start_stops_the_next()
    {
        Start(out _);
        File.Delete(_folder.File(FirstRun.MasterKeyFileName));
        var refusal = Assert.Throws<StartupRefusal>(() => Start(out _));
        Assert.Contains("LockLLM:MasterKey", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File(FirstRun.MasterKeyFileName)));
    }

    [Fact]
    public void A_master_key_can_come_from_a_file_or_a_setting()
    {
        var value = MasterKey.Generate().ToBase64();
        var file = _folder.File("key.txt");
        File.WriteAllText(file, value + "\n");
        Start(out var first, new GatewayOptions { DataDirectory = _folder.Path, MasterKeyFile = file });
        Start(out var second, new GatewayOptions { DataDirectory = _folder.Path, MasterKey = value });
        Assert.False(first.IsEmpty || second.IsEmpty);
        Assert.False(File.Exists(_folder.File(FirstRun.MasterKeyFileName)));

        Refuses("are both set", options => (options.MasterKey, options.MasterKeyFile) = (value, file));
        Refuses("does not exist", options => options.MasterKeyFile = file + ".missing");
        Refuses("is not the one", options => options.MasterKey = MasterKey.Generate().ToBase64());
        File.WriteAllText(file, "too short");
        Refuses("LockLLM:MasterKeyFile", options => options.MasterKeyFile = file);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_stops_the_start()
    {
        File.WriteAllText(_folder.File("file"), "");
        var refusal = Assert.Throws<StartupRefusal>(() => Start(out _, new GatewayOptions { DataDirectory = _folder.File("file/data") }));
        Assert.Contains("LockLLM:DataDirectory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_serves_the_key_it_prints_and_stops_when_asked()
    {
        var directory = "--LockLLM:DataDirectory=" + _folder.File("data");
        using var gateway = await GatewayProcess.StartAsync(directory);
        var key = Key().Match(gateway.Output).Value;
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.False((await (await client.ScanAsync($$"""{"input":{{System.Text.Json.JsonSerializer.Serialize(Prompts.Attack)}}}""")).VerdictAsync()).GetProperty("safe").GetBoolean());
        await gateway.StopAsync();
        Assert.Equal(0, gateway.ExitCode);

        using var again = await GatewayProcess.StartAsync(directory);
        Assert.Empty(Key().Matches(again.Output));
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

    private string Start(out ApiKeyStore keys, GatewayOptions? options = null)
    {
        var console = new StringWriter();
        keys = FirstRun.Open(options ?? Options(), null, TimeProvider.System, console);
        return console.ToString();
    }

    private void Refuses(string words, Action<GatewayOptions> change)
    {
        var options = Options();
        change(options);
        Assert.Contains(words, Assert.Throws<StartupRefusal>(() => Start(out _, options)).Message, StringComparison.Ordinal);
    }

    private GatewayOptions Options() => new() { DataDirectory = _folder.Path };

    [GeneratedRegex("llm_[0-9A-Za-z]{49}")]
    private static partial Regex Key();

    [GeneratedRegex("Created the master key")]
    private static partial Regex MasterKeyLine();
}
