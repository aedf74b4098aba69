using System.Net;
using LockLLM.Contracts;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Tests.Coordination;

namespace LockLLM.Gateway.Tests.Limits;

/// <summary>Two gateways on one database and one Redis.</summary>
public sealed class TwoNodesTests(RedisServer redis) : IClassFixture<RedisServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_limit_holds_for_both()
    {
        const int Limit = 40;
        var masterKey = MasterKey.Generate().ToBase64();
        using var one = Gateway();
        using var two = Gateway();
        using var callerOfOne = one.CreateCaller();
        using var callerOfTwo = two.CreateCaller();
        await UntilSharedAsync(callerOfOne);
        await UntilSharedAsync(callerOfTwo);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? callerOfOne : callerOfTwo).ScanAsync("""{"input":"a"}""")));
        Assert.Equal(Limit, answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(100 - Limit, answers.Count(static answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(
            Enumerable.Range(0, Limit).Select(static left => left.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            answers.Where(static answer => answer.IsSuccessStatusCode).Select(static answer => answer.Header(HeaderNames.RateLimitRemaining)!).OrderBy(static left => left.Length).ThenBy(static left => left, StringComparer.Ordinal));

        GatewayFactory Gateway() => new()
        {
            Settings =
            {
                ["LockLLM:MasterKey"] = masterKey,
                ["LockLLM:Database:ConnectionString"] = "Data Source=" + Path.Combine(_folder.Path, "shared.db"),
                ["LockLLM:Redis:ConnectionString"] = redis.ConnectionString,
                // So long that a busy machine is not mistaken for a server that does not answer.
                ["LockLLM:Redis:Timeout"] = "00:00:05",
                ["LockLLM:RateLimit:RequestsPerMinute"] = Limit.ToString(System.Globalization.CultureInfo.InvariantCulture),
            },
        };
    }

    private static async Task UntilSharedAsync(HttpClient client)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            using var ready = await client.GetAsync(new Uri("/ready", UriKind.Relative));
            if ((await ready.JsonAsync()).GetProperty("status").GetString() == "ready")
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("not ready in a minute");
    }
}
