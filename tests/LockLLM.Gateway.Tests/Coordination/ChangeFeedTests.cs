using System.Collections.Concurrent;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Coordination.Memory;
using LockLLM.Gateway.Coordination.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace LockLLM.Gateway.Tests.Coordination;

public sealed class MemoryChangeFeedTests : ChangeFeedExpectations
{
    private protected override Task<IChangeFeed> OpenAsync() => Task.FromResult<IChangeFeed>(new MemoryChangeFeed());
}

public sealed class RedisChangeFeedTests(RedisServer redis) : ChangeFeedExpectations, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly List<Node> _nodes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private protected override async Task<IChangeFeed> OpenAsync() => (await StartAsync(redis, "own")).Feed;

    [Fact]
    public async Task The_other_nodes_hear_it_and_those_of_another_installation_do_not()
    {
        var (one, two, stranger) = (await StartAsync(redis, "shared"), await StartAsync(redis, "shared"), await StartAsync(redis, "other"));
        ConcurrentQueue<string> heard = [], overheard = [];
        using var listening = two.Feed.Subscribe(heard.Enqueue);
        using var elsewhere = stranger.Feed.Subscribe(overheard.Enqueue);
        one.Feed.Publish("acc_1");
        await UntilAsync(() => heard.Contains("acc_1"));
        stranger.Feed.Publish("acc_2");
        await UntilAsync(() => overheard.Contains("acc_2"));
        Assert.DoesNotContain("acc_1", overheard);
        Assert.DoesNotContain("acc_2", heard);
    }

    [Fact]
    public async Task Without_its_server_a_node_tells_itself_and_hears_the_others_again_when_it_is_back()
    {
        await using var own = new RedisServer();
        await own.InitializeAsync();
        var (one, two) = (await StartAsync(own, "restarted"), await StartAsync(own, "restarted"));
        ConcurrentQueue<string> here = [], there = [];
        using var listening = one.Feed.Subscribe(here.Enqueue);
        using var other = two.Feed.Subscribe(there.Enqueue);
        await own.StopAsync();
        await UntilAsync(() => !one.Feed.IsListening);
        one.Feed.Publish("acc_away");
        Assert.Contains("acc_away", here);
        await own.StartAsync();
        await UntilAsync(() =>
        {
            one.Feed.Publish("acc_back");
            return there.Contains("acc_back");
        });
    }

    [Fact]
    public async Task A_gateway_may_start_before_its_server()
    {
        await using var own = new RedisServer();
        var node = new Node(own.ConnectionString, "early");
        _nodes.Add(node);
        await node.Feed.StartAsync(CancellationToken.None);
        node.Feed.Publish("acc_early");
        await own.InitializeAsync();
        await UntilAsync(() => node.Feed.IsListening);
    }

    private async Task<Node> StartAsync(RedisServer server, string prefix)
    {
        var node = new Node(server.ConnectionString, prefix);
        _nodes.Add(node);
        await node.Feed.StartAsync(CancellationToken.None);
        await UntilAsync(() => node.Feed.IsListening);
        return node;
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly RedisConnection _connection;

        public Node(string connectionString, string prefix)
        {
            _connection = new RedisConnection(new RedisOptions { ConnectionString = connectionString, KeyPrefix = prefix });
            Feed = new RedisChangeFeed(_connection, new MemoryChangeFeed(), TimeProvider.System, NullLogger<RedisChangeFeed>.Instance);
        }

        public RedisChangeFeed Feed { get; }

        public async ValueTask DisposeAsync()
        {
            await Feed.StopAsync(CancellationToken.None);
            Feed.Dispose();
            await _connection.DisposeAsync();
        }
    }
}
