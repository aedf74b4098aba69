using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.RequestLog;
using Microsoft.Data.Sqlite;

namespace LockLLM.Stores.Tests;

/// <summary>
/// A gateway under load and a rotation of the master key, both killed at any moment, again and again. eng/kill-rounds.sh
/// plays more rounds.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string RoundsVariable = "LOCKLLM_KILL_ROUNDS";
    private const int FewRounds = 2;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _apiKeys = [];
    private readonly Dictionary<string, string> _providerKeys = new(StringComparer.Ordinal);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_every_kill()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), CultureInfo.InvariantCulture, out var given) ? given : FewRounds;
        var starts = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            using var gateway = await GatewayProcess.StartAsync($"--LockLLM:DataDirectory={_folder.Path}", "--LockLLM:RateLimit:RequestsPerMinute=10000000");
            using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = gateway.Address };
            while (!(await client.GetAsync(new Uri("/ready", UriKind.Relative))).IsSuccessStatusCode)
            {
                await Task.Delay(20);
            }

            starts.Add(Stopwatch.GetElapsedTime(started));
            foreach (var key in _apiKeys)
            {
                Assert.Equal(HttpStatusCode.OK, await ScanAsync(client, key));
            }

            await PlayAsync(gateway, client, round);
        }

        using (var rotation = await CommandAsync("rotate-master-key"))
        {
            Assert.True(rotation.ExitCode == 0, rotation.Output);
        }

        using (var secrets = await CommandAsync("verify-secrets"))
        {
            Assert.True(secrets.ExitCode == 0, secrets.Output);
        }

        await using var node = await OpenAsync();
        Assert.Null((await node.Get<AuditTrail>().VerifyAsync(default)).Problem);
        Assert.All(_apiKeys, key => Assert.NotNull(node.Keys.Find(key)));
        var stored = await node.ProviderKeys.ListAsync(node.Account, default);
        Assert.All(_providerKeys, acknowledged => Assert.Equal(acknowledged.Value, node.Vault.Open(stored.Single(key => key.Nickname == acknowledged.Key), "req_1").Value?.Secret));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds, {_apiKeys.Count} keys and {_providerKeys.Count} provider keys acknowledged and there; ready {starts.Order().ElementAt(rounds / 2).TotalSeconds:0.0} s after a start, at most {starts.Max().TotalSeconds:0.0} s"));
        await CheckFileAsync();
    }

    // Load, changes and a rotation, until both processes are killed.
    private async Task PlayAsync(GatewayProcess gateway, HttpClient client, int round)
    {
        await using var node = await OpenAsync();
        var known = (await node.Keys.CreateAsync(node.Account, new ApiKeyDraft($"known {round}"), "mem_test", null, default)).Value!.Secret;
        _apiKeys.Add(known);
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await ScanAsync(client, known);
                }
                catch (HttpRequestException)
                {
                    // It was killed.
                    return;
                }
            }
        })).ToArray();
        var rotation = GatewayProcess.StartCommand("rotate-master-key", $"--LockLLM:DataDirectory={_folder.Path}");
        var changes = Task.Run(async () =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var secret = $"sk-kill-{Guid.NewGuid():N}";
                var nickname = string.Create(CultureInfo.InvariantCulture, $"r{round}n{i}");
                if ((await node.ProviderKeys.CreateAsync(node.Account, new ProviderKeyDraft { Provider = "openai", ApiKey = secret, Nickname = nickname }, "mem_test", null, default)).Error is null)
                {
                    _providerKeys.Add(nickname, secret);
                }

                if ((await node.Keys.CreateAsync(node.Account, new ApiKeyDraft(nickname), "mem_test", null, default)).Value is { } created && i % 10 == 0)
                {
                    _apiKeys.Add(created.Secret);
                }

                await Task.Delay(20);
            }
        });
        await Task.Delay(Random.Shared.Next(200, 3000));
        gateway.Dispose();
        rotation.Dispose();
        await over.CancelAsync();
        await Task.WhenAll([.. load, changes]);
    }

    private async Task CheckFileAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_folder.File("lockllm.db")};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await command.ExecuteScalarAsync());
    }

    private static async Task<HttpStatusCode> ScanAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = JsonContent.Create(new { input = "How do I descale a kettle?" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<TestInstallation> OpenAsync() => TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });

    private Task<GatewayProcess> CommandAsync(string command) => GatewayProcess.RunCommandAsync(command, $"--LockLLM:DataDirectory={_folder.Path}");
}
