using System.Globalization;
using LockLLM.Gateway.Tests;

namespace LockLLM.Interop.Tests;

/// <summary>The official clients at their limit. The window is the real one, so this takes a minute.</summary>
public sealed class NpmLimitTests
{
    [Fact]
    public async Task E12_The_clients_name_the_limit_wait_as_they_are_told_and_then_succeed()
    {
        await NodeScripts.InstallAsync();
        using var folder = new TemporaryFolder();
        using var gateway = await GatewayProcess.StartAsync("--LockLLM:DataDirectory=" + folder.Path, "--LockLLM:Bootstrap:ApiKey=" + RunningGateway.Key, "--LockLLM:RateLimit:RequestsPerMinute=2");
        var told = await NodeScripts.RunAsync("limits.cjs", new { Base = gateway.Address.ToString().TrimEnd('/'), RunningGateway.Key });
        var wire = told.GetProperty("wire").EnumerateArray().ToList();
        Assert.Equal([200, 200, 429, 429, 429, 200], wire.Select(static call => call.GetProperty("status").GetInt32()));

        var asked = wire.Where(static call => call.GetProperty("status").GetInt32() == 429).Select(static call => call.GetProperty("headers").GetProperty("retry-after").GetString()!).ToList();
        Assert.All(asked, static seconds => Assert.Matches("^[1-9][0-9]*$", seconds));
        var scan = told.GetProperty("scan");
        Assert.True(scan.GetProperty("isRateLimit").GetBoolean());
        Assert.Equal(1000 * long.Parse(asked[0], CultureInfo.InvariantCulture), scan.GetProperty("retryAfter").GetInt64());
        Assert.Equal(wire[2].GetProperty("headers").GetProperty("x-request-id").GetString(), scan.GetProperty("requestId").GetString());
        var chat = told.GetProperty("chat");
        Assert.Equal(("RateLimitError", 429, "rate_limited", "rate_limit_error"), (chat.GetProperty("class").GetString(), chat.GetProperty("status").GetInt32(), chat.GetProperty("code").GetString(), chat.GetProperty("type").GetString()));

        Assert.True(told.GetProperty("result").GetProperty("safe").GetBoolean());
        var waited = wire[5].GetProperty("at").GetInt64() - wire[4].GetProperty("at").GetInt64();
        Assert.True(waited >= 1000 * long.Parse(asked[2], CultureInfo.InvariantCulture) - 50, $"{waited} ms of {asked[2]} s"); // timers may fire a little early
    }
}
