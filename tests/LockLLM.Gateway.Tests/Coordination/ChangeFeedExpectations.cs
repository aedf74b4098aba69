using System.Collections.Concurrent;
using LockLLM.Gateway.Coordination;

namespace LockLLM.Gateway.Tests.Coordination;

/// <summary>What every kind of change feed does.</summary>
public abstract class ChangeFeedExpectations
{
    private protected abstract Task<IChangeFeed> OpenAsync();

    [Fact]
    public async Task Whoever_subscribed_is_told_and_nobody_else()
    {
        var feed = await OpenAsync();
        ConcurrentQueue<string> first = [], second = [];
        using var staying = feed.Subscribe(first.Enqueue);
        var leaving = feed.Subscribe(second.Enqueue);
        feed.Publish("acc_1");
        leaving.Dispose();
        feed.Publish("acc_2");
        await UntilAsync(() => first.Contains("acc_1") && first.Contains("acc_2"));
        Assert.Contains("acc_1", second);
        Assert.DoesNotContain("acc_2", second);
    }

    [Fact]
    public async Task Nobody_needs_to_listen() => (await OpenAsync()).Publish("acc_1");

    [Fact]
    public async Task Many_may_publish_at_once()
    {
        var feed = await OpenAsync();
        var heard = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var subscription = feed.Subscribe(account => heard[account] = true);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => feed.Publish("acc_" + i))));
        await UntilAsync(() => heard.Count == 100);
    }

    private protected static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 6000, "waited for two minutes");
            await Task.Delay(20);
        }
    }
}
