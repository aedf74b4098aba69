namespace LockLLM.Gateway.Coordination.Memory;

/// <summary>
/// The last 60 seconds in steps of 100 ms. A step counts until all of it is older than the window: never too many, and
/// at most a step too few. Callers lock it.
/// </summary>
internal sealed class SlidingWindow
{
    public const int StepsPerWindow = 600;

    /// <summary>Those of a window, and the one that has begun.</summary>
    private const int Steps = StepsPerWindow + 1;

    private readonly int[] _counts = new int[Steps];
    private long _newest;

    /// <summary>Granted in the window.</summary>
    public int Count { get; private set; }

    /// <summary>No longer in the table; whoever still holds it looks there again.</summary>
    public bool IsRetired { get; set; }

    public void MoveTo(long step)
    {
        if (step <= _newest)
        {
            return;
        }

        if (step - _newest >= Steps || Count == 0)
        {
            Array.Clear(_counts);
            Count = 0;
        }
        else
        {
            for (var i = _newest + 1; i <= step; i++)
            {
                ref var count = ref _counts[i % Steps];
                Count -= count;
                count = 0;
            }
        }

        _newest = step;
    }

    public void Add()
    {
        _counts[_newest % Steps]++;
        Count++;
    }

    /// <summary>Steps until the oldest that counts leaves the window.</summary>
    public int StepsToNext()
    {
        if (Count == 0)
        {
            return 0;
        }

        var oldest = (int)((_newest + 1) % Steps);
        var found = _counts.AsSpan(oldest).IndexOfAnyExcept(0);
        return 1 + (found >= 0 ? found : Steps - oldest + _counts.AsSpan(0, oldest).IndexOfAnyExcept(0));
    }
}
