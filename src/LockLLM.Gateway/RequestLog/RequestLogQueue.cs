using System.Threading.Channels;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Request records on their way to the database. Never blocks: what finds it full is dropped and counted.</summary>
internal sealed class RequestLogQueue
{
    private const int Capacity = 32_768;

    private readonly Channel<RequestRecord> _queue = Channel.CreateBounded<RequestRecord>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private long _dropped;

    /// <summary>Records that found the queue full, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ChannelReader<RequestRecord> Queue => _queue.Reader;

    public void Add(RequestRecord record)
    {
        if (!_queue.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _dropped);
        }
    }
}
