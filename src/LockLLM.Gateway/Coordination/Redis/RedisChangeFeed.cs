using LockLLM.Gateway.Coordination.Memory;
using LockLLM.Gateway.Errors;
using StackExchange.Redis;

namespace LockLLM.Gateway.Coordination.Redis;

/// <summary>
/// Between all nodes: this one is told at once, the others by publish and subscribe. What is published while the server is
/// away is lost; the poll finds it.
/// </summary>
internal sealed partial class RedisChangeFeed(RedisConnection connection, MemoryChangeFeed local, TimeProvider clock, ILogger<RedisChangeFeed> logger) : BackgroundService, IChangeFeed
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly RedisChannel _channel = RedisChannel.Literal($"{connection.KeyPrefix}:changes");
    private volatile ISubscriber? _server;

    /// <summary>Whether this node hears the others.</summary>
    public bool IsListening => _server is { } server && server.IsConnected(_channel);

    public void Publish(string accountId)
    {
        local.Publish(accountId);
        try
        {
            _server?.Publish(_channel, accountId, CommandFlags.FireAndForget);
        }
        catch (Exception failed) when (failed is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogNotTold(new Fault(failed));
        }
    }

    public IDisposable Subscribe(Action<string> changed) => local.Subscribe(changed);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var server = (await connection.OpenAsync(stoppingToken)).GetSubscriber();
                await server.SubscribeAsync(_channel, (_, accountId) => local.Publish(accountId.ToString()));
                // From here on the connection subscribes anew by itself whenever it comes back.
                _server = server;
                return;
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested && failed is RedisException or TimeoutException)
            {
                await Task.Delay(s_again, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventId = 1803, Level = LogLevel.Debug, Message = "The other gateways were not told of a change and will find it at their next poll. {Fault}")]
    private partial void LogNotTold(Fault fault);
}
