using System.Globalization;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Coordination.Memory;
using LockLLM.Gateway.Coordination.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LockLLM.Gateway.Tests.Coordination;

public sealed class RedisCountersTests(RedisServer redis) : CountersExpectations, IClassFixture<RedisServer>, IAsyncLifetime
{
    // So long that a busy machine is not mistaken for a server that does not answer.
    private static readonly TimeSpan s_longPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_patience = new RedisOptions().Timeout;

    private readonly List<Node> _nodes = [];
    private readonly string _name = "acc_" + Guid.NewGuid().ToString("N");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await redis.ThawAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private protected override async Task<ICounters> OpenAsync() => (await StartAsync(s_longPatience)).Counters;

    // Each of its 200 takes is a round trip.
    private protected override int Rounds => 50;

    [Fact]
    public async Task Two_nodes_grant_one_limit_together()
    {
        var (one, two) = (await StartAsync(s_longPatience), await StartAsync(s_longPatience));
        var key = new Allowance("key_" + _name, 1000);
        var takes = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? one : two).TakeAsync(new Allowance(_name, 137), key)));
        Assert.Equal(137, takes.Count(take => take.IsGranted));
        Assert.Equal(Enumerable.Range(0, 137), takes.Where(take => take.IsGranted).Select(take => take.Remaining).Order());
        Assert.All(takes.Where(take => !take.IsGranted), take => Assert.InRange(take.NextAfter.TotalSeconds, 0.001, 60.1));
        Assert.Equal(0, one.State.LocalTakes + two.State.LocalTakes);
    }

    [Fact]
    public async Task What_is_older_than_the_window_counts_no_longer()
    {
        var node = await StartAsync(s_longPatience);
        var ten = new Allowance(_name, 10);
        for (var i = 0; i < 10; i++)
        {
            await node.TakeAsync(ten, null);
        }

        await AgeAsync(steps: 500);
        Assert.False((await node.TakeAsync(ten, null)).IsGranted);
        await AgeAsync(steps: 102);
        Assert.Equal((true, 9), ((await node.TakeAsync(ten, null)).IsGranted, (await node.TakeAsync(ten, null)).Remaining + 1));
    }

    [Fact]
    public async Task A_frozen_server_costs_at_most_five_calls_a_moment_then_each_node_grants_its_share_until_it_is_back()
    {
        var (one, two) = (await StartAsync(s_patience), await StartAsync(s_patience));
        await UntilAsync(() => one.State.Nodes >= 2 && two.State.Nodes >= 2 && !one.State.IsDegraded);
        await redis.FreezeAsync();

        var (waited, granted) = (0, 0);
        for (var i = 0; i < 100; i++)
        {
            var take = one.Counters.TakeAsync(new Allowance(_name, 120), null, CancellationToken.None);
            waited += take.IsCompleted ? 0 : 1;
            granted += (await take).IsGranted ? 1 : 0;
        }

        Assert.InRange(waited, 0, 5);
        Assert.Equal(120 / one.State.Nodes, granted);
        Assert.True(one.State.IsDegraded);
        Assert.InRange(one.State.LocalTakes, 95, 100);

        await redis.ThawAsync();
        await UntilAsync(() => !one.State.IsDegraded && !two.State.IsDegraded);
    }

    [Fact]
    public async Task All_who_wait_when_the_server_freezes_are_let_go_together()
    {
        var node = await StartAsync(TimeSpan.FromSeconds(5));
        await redis.FreezeAsync();
        var calls = Enumerable.Range(0, 50).Select(_ => node.TakeAsync(new Allowance(_name, 1000), null)).ToArray();
        Assert.All(calls, static call => Assert.False(call.IsCompleted));
        var takes = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.All(takes, static take => Assert.True(take.IsGranted));
        Assert.Equal(50, node.State.LocalTakes);
    }

    [Fact]
    public async Task What_a_node_granted_before_counts_against_its_share()
    {
        var node = await StartAsync(s_longPatience);
        for (var i = 0; i < 5; i++)
        {
            await node.TakeAsync(new Allowance(_name, 1000), null);
        }

        await node.DisposeAsync();
        node.State.IsDegraded = true;
        Assert.Equal((1000 / node.State.Nodes) - 6, (await node.TakeAsync(new Allowance(_name, 1000), null)).Remaining);
    }

    [Fact]
    public async Task A_server_that_was_restarted_is_found_again()
    {
        await using var own = new RedisServer();
        await own.InitializeAsync();
        var node = await StartAsync(s_patience, own);
        Assert.True((await node.TakeAsync(new Allowance(_name, 10), null)).IsGranted);
        await own.StopAsync();
        await UntilAsync(() => node.State.IsDegraded);
        Assert.True((await node.TakeAsync(new Allowance(_name, 10), null)).IsGranted);
        await own.StartAsync();
        await UntilAsync(() => !node.State.IsDegraded);
        Assert.True((await node.TakeAsync(new Allowance("again_" + _name, 10), null)).IsGranted);
    }

    [Fact]
    public async Task A_gateway_may_start_before_its_server()
    {
        await using var own = new RedisServer();
        var node = new Node(own.ConnectionString, s_patience);
        _nodes.Add(node);
        await node.StartAsync();
        Assert.True(node.State.IsDegraded);
        Assert.True((await node.TakeAsync(new Allowance(_name, 10), null)).IsGranted);
        await own.InitializeAsync();
        await UntilAsync(() => !node.State.IsDegraded);
    }

    // As if so many steps of 100 ms had gone by.
    private async Task AgeAsync(int steps)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        var name = $"lockllm:rate:{{{_name}}}";
        var aged = (await database.HashGetAllAsync(name)).Select(entry => (string)entry.Name! switch
        {
            "t" => entry,
            "o" or "n" => new HashEntry(entry.Name, (long)entry.Value - steps),
            var step => new HashEntry(long.Parse(step, CultureInfo.InvariantCulture) - steps, entry.Value),
        }).ToArray();
        await database.KeyDeleteAsync(name);
        await database.HashSetAsync(name, aged);
    }

    private async Task<Node> StartAsync(TimeSpan patience, RedisServer? server = null)
    {
        var node = new Node((server ?? redis).ConnectionString, patience);
        _nodes.Add(node);
        await node.StartAsync();
        await UntilAsync(() => !node.State.IsDegraded);
        return node;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 6000, "waited for two minutes");
            await Task.Delay(20);
        }
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly RedisConnection _connection;

        public Node(string connectionString, TimeSpan patience)
        {
            var options = new RedisOptions { ConnectionString = connectionString, Timeout = patience };
            _connection = new RedisConnection(options);
            Counters = new RedisCounters(options, _connection, new MemoryCounters(TimeProvider.System), State, TimeProvider.System, NullLogger<RedisCounters>.Instance);
        }

        public RedisCounters Counters { get; }

        public SharedCounterState State { get; } = new() { IsShared = true, IsDegraded = true };

        public Task StartAsync() => Counters.StartAsync(CancellationToken.None);

        public Task<Take> TakeAsync(Allowance whole, Allowance? part) => Counters.TakeAsync(whole, part, CancellationToken.None).AsTask();

        public async ValueTask DisposeAsync()
        {
            await Counters.StopAsync(CancellationToken.None);
            Counters.Dispose();
            await _connection.DisposeAsync();
        }
    }
}
