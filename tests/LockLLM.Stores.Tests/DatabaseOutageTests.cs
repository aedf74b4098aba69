using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Stores.Tests;

/// <summary>A database that goes away under a gateway that serves, and comes back.</summary>
public sealed class DatabaseOutageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Known_keys_work_on_unknown_ones_get_503_and_all_is_well_again_afterwards()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var gateway = new GatewayFactory();
        var masterKey = MasterKey.Generate().ToBase64();
        var connection = await server.CreateDatabaseAsync();
        gateway.Settings["LockLLM:Database:Provider"] = "Postgres";
        gateway.Settings["LockLLM:Database:ConnectionString"] = connection;
        gateway.Settings["LockLLM:MasterKey"] = masterKey;
        using var client = gateway.CreateClient();
        Assert.Equal(HttpStatusCode.OK, await ScanAsync(client, GatewayFactory.Key));
        var unknown = ApiKeyFormat.Generate();
        Assert.Equal(HttpStatusCode.Unauthorized, await ScanAsync(client, unknown));

        await server.StopAsync();
        await UntilAsync(async () => await ScanAsync(client, unknown) == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await ScanAsync(client, GatewayFactory.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await ScanAsync(client, "no key of ours"));
        Assert.Contains("\"database\":\"down\"", await client.GetStringAsync(new Uri("/ready", UriKind.Relative)), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => CreateKeyAsync(gateway));

        await server.StartAsync();
        var back = Stopwatch.GetTimestamp();
        await UntilAsync(async () => await ScanAsync(client, unknown) == HttpStatusCode.Unauthorized);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all is well {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after the database answered again"));
        Assert.Equal(HttpStatusCode.OK, await ScanAsync(client, GatewayFactory.Key));
        Assert.Equal(HttpStatusCode.OK, await ScanAsync(client, await CreateKeyAsync(gateway)));
    }

    private static async Task<string> CreateKeyAsync(GatewayFactory gateway)
    {
        var account = gateway.Services.GetRequiredService<AccountSnapshots>().All.Single().AccountId;
        return (await gateway.Services.GetRequiredService<ApiKeyStore>().CreateAsync(account, new ApiKeyDraft("another"), "mem_test", null, default)).Value!.Secret;
    }

    private static async Task<HttpStatusCode> ScanAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = JsonContent.Create(new { input = "How do I descale a kettle?" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 1200, "waited for a minute");
            await Task.Delay(50);
        }
    }
}
