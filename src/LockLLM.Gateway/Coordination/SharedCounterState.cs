namespace LockLLM.Gateway.Coordination;

/// <summary>Whether the counters are shared at the moment, for those who watch the gateway.</summary>
internal sealed class SharedCounterState
{
    private volatile bool _isDegraded;
    private volatile int _nodes = 1;
    private long _localTakes;

    /// <summary>Whether a server for shared counters is set up.</summary>
    public bool IsShared { get; init; }

    /// <summary>That server does not answer: this node grants its share of every limit.</summary>
    public bool IsDegraded
    {
        get => _isDegraded;
        set => _isDegraded = value;
    }

    /// <summary>Gateways that were there when the server last answered, this one included.</summary>
    public int Nodes
    {
        get => _nodes;
        set => _nodes = value;
    }

    /// <summary>Requests decided by the local share, since the start.</summary>
    public long LocalTakes => Volatile.Read(ref _localTakes);

    public void CountLocalTake() => Interlocked.Increment(ref _localTakes);
}
