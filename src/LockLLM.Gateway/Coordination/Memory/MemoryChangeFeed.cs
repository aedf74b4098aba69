using System.Collections.Immutable;

namespace LockLLM.Gateway.Coordination.Memory;

/// <summary>Within one process.</summary>
internal sealed class MemoryChangeFeed : IChangeFeed
{
    private ImmutableList<Action<string>> _handlers = [];

    public void Publish(string accountId)
    {
        foreach (var handler in _handlers)
        {
            handler(accountId);
        }
    }

    public IDisposable Subscribe(Action<string> changed)
    {
        ImmutableInterlocked.Update(ref _handlers, static (handlers, added) => handlers.Add(added), changed);
        return new Subscription(this, changed);
    }

    private sealed class Subscription(MemoryChangeFeed feed, Action<string> handler) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref feed._handlers, static (handlers, removed) => handlers.Remove(removed), handler);
    }
}
