namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>What is known of a text that was judged before.</summary>
/// <param name="Score">Risk, 0 to 100.</param>
/// <param name="RefusedIn">The newest turn of the request that was refused for it; 0 if none was.</param>
internal readonly record struct KnownPart(float Score, UInt128 RefusedIn);

/// <summary>
/// The texts of one account that were judged lately, by keyed hash. In memory only, and bounded: when one generation is
/// full it becomes the older one, and what was not asked for again in the meantime is forgotten.
/// </summary>
internal sealed class PartMemory(int capacity)
{
    private readonly Lock _lock = new();
    private Dictionary<UInt128, KnownPart> _recent = [];
    private Dictionary<UInt128, KnownPart> _older = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _recent.Count + _older.Count;
            }
        }
    }

    public bool TryFind(UInt128 key, out KnownPart part)
    {
        lock (_lock)
        {
            if (_recent.TryGetValue(key, out part))
            {
                return true;
            }

            if (!_older.TryGetValue(key, out part))
            {
                return false;
            }

            Add(key, part);
            return true;
        }
    }

    public void Remember(UInt128 key, KnownPart part)
    {
        lock (_lock)
        {
            Add(key, part);
        }
    }

    private void Add(UInt128 key, KnownPart part)
    {
        if (_recent.Count >= capacity)
        {
            _older = _recent;
            _recent = [];
        }

        _recent[key] = part;
    }
}

/// <summary>The memories of the accounts that called lately; bounded in the same way.</summary>
internal sealed class PartMemories(int accounts, int partsPerAccount)
{
    private readonly Lock _lock = new();
    private Dictionary<string, PartMemory> _recent = new(StringComparer.Ordinal);
    private Dictionary<string, PartMemory> _older = new(StringComparer.Ordinal);

    public PartMemory Of(string account)
    {
        lock (_lock)
        {
            if (_recent.TryGetValue(account, out var memory))
            {
                return memory;
            }

            memory = _older.GetValueOrDefault(account) ?? new PartMemory(partsPerAccount);
            if (_recent.Count >= accounts)
            {
                _older = _recent;
                _recent = new(StringComparer.Ordinal);
            }

            _recent[account] = memory;
            return memory;
        }
    }
}
