using System.Threading.Channels;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Request records on their way to metrics, trace and database. Never blocks: what finds it full is dropped and counted.</summary>
internal sealed class RequestLogQueue(RequestLogMetrics metrics)
{
    public const int Capacity = 32_768;

    private readonly Channel<RequestRecord> _queue = Channel.CreateBounded<RequestRecord>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private long _dropped;
    private long _written;

    /// <summary>Records that found the queue full or that the database refused, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public long Written => Volatile.Read(ref _written);

    public int Waiting => _queue.Reader.Count;

    public ChannelReader<RequestRecord> Queue => _queue.Reader;

    public void Add(RequestRecord record)
    {
        metrics.Observe(record);
        RequestTrace.Describe(record);
        if (!_queue.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public void CountWritten(int records) => Interlocked.Add(ref _written, records);

    public void CountRefused() => Interlocked.Increment(ref _dropped);
}
