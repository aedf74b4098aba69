using StackExchange.Redis;

namespace LockLLM.Gateway.Coordination.Redis;

/// <summary>The one connection of this gateway to Redis. It comes back by itself; what is sent while it is gone fails at once.</summary>
internal sealed class RedisConnection(RedisOptions options) : IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile ConnectionMultiplexer? _multiplexer;

    /// <summary>Begins the name of every key and channel.</summary>
    public string KeyPrefix => options.KeyPrefix;

    /// <summary>Opens it at the first call. That the server is away is not a fault here.</summary>
    public async Task<IConnectionMultiplexer> OpenAsync(CancellationToken cancellationToken)
    {
        if (_multiplexer is { } open)
        {
            return open;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return _multiplexer ??= await ConnectionMultiplexer.ConnectAsync(RedisConfiguration.Parse(options.ConnectionString!));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _multiplexer?.Dispose();
        _one.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } open)
        {
            await open.DisposeAsync();
        }

        _one.Dispose();
    }
}
