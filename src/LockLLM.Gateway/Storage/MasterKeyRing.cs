using System.Collections.Immutable;

namespace LockLLM.Gateway.Storage;

/// <summary>The master keys this process holds: one, or two while a rotation lasts.</summary>
internal sealed class MasterKeyRing
{
    private volatile State? _state;

    /// <summary>The key that new secrets are sealed under.</summary>
    public MasterKey Active => (_state ?? throw new InvalidOperationException("The installation has not been opened.")).Active;

    public MasterKey? Find(string id) => _state?.Keys.GetValueOrDefault(id);

    public void Add(MasterKey key, bool isActive)
    {
        var keys = (_state?.Keys ?? ImmutableDictionary<string, MasterKey>.Empty).SetItem(key.Id, key);
        _state = new State(isActive ? key : _state?.Active ?? key, keys);
    }

    private sealed record State(MasterKey Active, ImmutableDictionary<string, MasterKey> Keys);
}
