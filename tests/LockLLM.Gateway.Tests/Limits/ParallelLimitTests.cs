using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Tests.Coordination;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Limits;

/// <summary>As many requests at once as there may be in a burst; LOCKLLM_LIMIT_ROUNDS plays more rounds.</summary>
public sealed class ParallelLimitTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const int Requests = 200;
    private const int FewRounds = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exactly_as_many_pass_as_the_limit_says(bool isShared)
    {
        await using var gateway = new GatewayFactory { KeepsLogs = false };
        if (isShared)
        {
            gateway.Settings["LockLLM:Redis:ConnectionString"] = redis.ConnectionString;
            // So long that a busy machine is not mistaken for a server that does not answer.
            gateway.Settings["LockLLM:Redis:Timeout"] = "00:00:05";
        }

        var keys = gateway.Services.GetRequiredService<ApiKeyStore>();
        var account = gateway.Services.GetRequiredService<AccountSnapshots>().All.Single().AccountId;
        using var client = gateway.CreateClient();
        for (var tries = 0; !(await client.GetStringAsync(new Uri("/ready", UriKind.Relative))).Contains("\"status\":\"ready\"", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 1200, "not ready in two minutes");
            await Task.Delay(100);
        }

        var rounds = int.TryParse(Environment.GetEnvironmentVariable("LOCKLLM_LIMIT_ROUNDS"), CultureInfo.InvariantCulture, out var given) ? given : FewRounds;
        for (var round = 0; round < rounds; round++)
        {
            var limit = 1 + (round * 37 % (Requests - 1));
            var key = (await keys.CreateAsync(account, new ApiKeyDraft($"round {round}") { RequestsPerMinute = limit }, "mem_test", null, default)).Value!;
            var statuses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => ScanAsync(client, key.Secret))));
            Assert.Equal((limit, Requests - limit), (statuses.Count(static status => status == HttpStatusCode.OK), statuses.Count(static status => status == HttpStatusCode.TooManyRequests)));
            await keys.RevokeAsync(account, key.Key.Id, "mem_test", null, default);
        }
    }

    private static async Task<HttpStatusCode> ScanAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = new StringContent("""{"input":"a"}""", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
