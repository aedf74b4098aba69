using LockLLM.Gateway.Coordination.Memory;
using StackExchange.Redis;

namespace LockLLM.Gateway.Coordination.Redis;

/// <summary>
/// Counters that all nodes share: one round trip, decided by a script on the server and by the server's clock. When it does
/// not answer in time, all who wait are sent on at once with this node's share of the limit, and so is everyone after
/// them without waiting, until the watch that runs beside hears from the server again.
/// </summary>
internal sealed partial class RedisCounters(
    RedisOptions options, RedisConnection connection, MemoryCounters local, SharedCounterState state, TimeProvider clock, ILogger<RedisCounters> logger)
    : BackgroundService, ICounters
{
    private const int NodeLifetimeSeconds = 5;

    // Steps of 100 ms in a hash: the number of a step and its count. 't' is their sum, 'o' the oldest step that may count,
    // 'n' the newest. Old steps are taken off as time passes, each once.
    private const string TakeScript = """
        local time = redis.call('TIME')
        local ms = time[1] * 1000 + math.floor(time[2] / 1000)
        local now = math.floor(ms / 100)
        local totals, oldest, steps = {}, {}, {}
        local granted = 1
        for i, key in ipairs(KEYS) do
            local head = redis.call('HMGET', key, 't', 'o', 'n')
            local total, first, newest = tonumber(head[1] or 0), tonumber(head[2] or now), tonumber(head[3] or now)
            local step = math.max(now, newest)
            if step - newest > 600 then
                redis.call('DEL', key)
                total, first = 0, step
            end
            while first < step and (first < step - 600 or total > 0) do
                local count = redis.call('HGET', key, first)
                if count and first >= step - 600 then break end
                if count then
                    total = total - count
                    redis.call('HDEL', key, first)
                end
                first = first + 1
            end
            if total <= 0 then total, first = 0, step end
            totals[i], oldest[i], steps[i] = total, first, step
            if total >= tonumber(ARGV[i]) then granted = 0 end
        end
        local answer = { granted }
        for i, key in ipairs(KEYS) do
            local had = totals[i] < tonumber(ARGV[i]) and 1 or 0
            if granted == 1 then
                totals[i] = totals[i] + 1
                redis.call('HINCRBY', key, steps[i], 1)
            end
            if totals[i] > 0 then
                redis.call('HSET', key, 't', totals[i], 'o', oldest[i], 'n', steps[i])
                redis.call('PEXPIRE', key, 61000)
            end
            answer[#answer + 1] = had
            answer[#answer + 1] = totals[i]
            answer[#answer + 1] = totals[i] > 0 and math.max(1, (oldest[i] + 601) * 100 - ms) or 0
        end
        return answer
        """;

    // Says that this node is there; answers how many are.
    private const string PresenceScript = """
        local now = tonumber(redis.call('TIME')[1])
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
        redis.call('EXPIRE', KEYS[1], 60)
        return redis.call('ZCARD', KEYS[1])
        """;

    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(2);

    private readonly string _node = Guid.NewGuid().ToString("N");
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IDatabase? _server;
    private volatile TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReported;

    /// <summary>Gives the server a moment, so that the first requests are already counted together.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await _watched.Task.WaitAsync(s_start, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask<Take> TakeAsync(Allowance whole, Allowance? part, CancellationToken cancellationToken) =>
        state.IsDegraded || _server is not { } server ? ValueTask.FromResult(TakeLocally(whole, part)) : TakeTogetherAsync(server, whole, part);

    private async ValueTask<Take> TakeTogetherAsync(IDatabase server, Allowance whole, Allowance? part)
    {
        var lost = _lost.Task;
        var asked = AskAsync(server, whole, part);
        if (!asked.IsCompleted)
        {
            using var patience = new CancellationTokenSource(options.Timeout, clock);
            await Task.WhenAny(asked, lost, Task.Delay(Timeout.InfiniteTimeSpan, patience.Token));
        }

        if (asked.IsCompletedSuccessfully)
        {
            return await asked;
        }

        if (asked.IsCompleted || !lost.IsCompleted)
        {
            Lose(lost, asked.Exception?.InnerException);
        }

        return TakeLocally(whole, part);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                Lose(_lost.Task, failed);
            }

            await Task.Delay(s_watch, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        _server ??= (await connection.OpenAsync(cancellationToken)).GetDatabase();
        var nodes = (int)await _server.ScriptEvaluateAsync(PresenceScript, [$"{connection.KeyPrefix}:nodes"], [_node, NodeLifetimeSeconds])
            .WaitAsync(options.Timeout, clock, cancellationToken);
        state.Nodes = Math.Max(1, nodes);
        if (state.IsDegraded)
        {
            Find(nodes);
        }

        _watched.TrySetResult();
    }

    private async Task<Take> AskAsync(IDatabase server, Allowance whole, Allowance? part)
    {
        // The braces keep both on one server of a cluster.
        var name = $"{connection.KeyPrefix}:rate:{{{whole.Name}}}";
        RedisKey[] keys = part is { } key ? [name, $"{name}:{key.Name}"] : [name];
        RedisValue[] limits = part is { } limited ? [whole.Limit, limited.Limit] : [whole.Limit];
        var answer = (long[])(await server.ScriptEvaluateAsync(TakeScript, keys, limits))!;
        if (answer[0] == 1)
        {
            // So that this node's share, should it be needed, knows what went before.
            local.Add(whole.Name);
            if (part is { } counted)
            {
                local.Add(counted.Name);
            }
        }

        var told = Told(answer.AsSpan(1), whole.Limit);
        return part is { } other ? Take.Tighter(told, Told(answer.AsSpan(4), other.Limit)) : told;
    }

    private static Take Told(ReadOnlySpan<long> answer, int limit) =>
        new(answer[0] == 1, limit, (int)Math.Max(0, limit - answer[1]), TimeSpan.FromMilliseconds(answer[2]));

    private Take TakeLocally(Allowance whole, Allowance? part)
    {
        state.CountLocalTake();
        return local.Take(ShareOf(whole), part is { } key ? ShareOf(key) : null);
    }

    private Allowance ShareOf(Allowance allowance) => allowance with { Limit = Math.Max(1, allowance.Limit / state.Nodes) };

    private void Lose(Task lost, Exception? cause)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            waiting = _lost;
            // Somebody who waited since before the server came back has nothing new to tell.
            if ((state.IsDegraded && _isReported) || lost != waiting.Task)
            {
                return;
            }

            state.IsDegraded = true;
            _isReported = true;
        }

        waiting.TrySetResult();
        LogLost(state.Nodes, cause is null or TimeoutException ? "no answer in time" : cause.GetType().Name);
    }

    private void Find(int nodes)
    {
        bool wasReported;
        lock (_lock)
        {
            (wasReported, _isReported) = (_isReported, false);
            _lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            state.IsDegraded = false;
        }

        if (wasReported)
        {
            LogFound(nodes);
        }
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Error, Message = "Redis does not answer ({Cause}). This node grants its share of every limit, one of {Nodes}, until it does")]
    private partial void LogLost(int nodes, string cause);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Warning, Message = "Redis answers; limits are shared by {Nodes} nodes")]
    private partial void LogFound(int nodes);
}
