using System.Collections.Concurrent;

namespace LockLLM.Gateway.Coordination.Memory;

/// <summary>Within one process.</summary>
internal sealed class MemoryCounters(TimeProvider clock) : ICounters
{
    private static readonly long s_step = ICounters.Window.Ticks / SlidingWindow.StepsPerWindow;

    private readonly ConcurrentDictionary<string, SlidingWindow> _windows = new(StringComparer.Ordinal);
    private readonly long _start = clock.GetTimestamp();
    private long _nextSweep = SlidingWindow.StepsPerWindow;

    /// <summary>Names that are counted at the moment.</summary>
    public int Names => _windows.Count;

    ValueTask<Take> ICounters.TakeAsync(Allowance whole, Allowance? part, CancellationToken cancellationToken) => ValueTask.FromResult(Take(whole, part));

    public Take Take(Allowance whole, Allowance? part)
    {
        var (step, toNextStep) = Now();
        Sweep(step);
        while (true)
        {
            var outer = WindowOf(whole.Name);
            lock (outer)
            {
                if (outer.IsRetired)
                {
                    continue;
                }

                outer.MoveTo(step);
                if (part is not { } key)
                {
                    var isGranted = outer.Count < whole.Limit;
                    if (isGranted)
                    {
                        outer.Add();
                    }

                    return Told(outer, whole.Limit, isGranted, toNextStep);
                }

                // Always in this order, and a part belongs to one whole: no two can wait for each other.
                var inner = WindowOf(key.Name);
                lock (inner)
                {
                    if (inner.IsRetired)
                    {
                        continue;
                    }

                    inner.MoveTo(step);
                    var (wholeHas, partHas) = (outer.Count < whole.Limit, inner.Count < key.Limit);
                    if (wholeHas && partHas)
                    {
                        outer.Add();
                        inner.Add();
                    }

                    return Coordination.Take.Tighter(Told(outer, whole.Limit, wholeHas, toNextStep), Told(inner, key.Limit, partHas, toNextStep));
                }
            }
        }
    }

    /// <summary>Counts what somebody else granted.</summary>
    public void Add(string name)
    {
        var (step, _) = Now();
        while (true)
        {
            var window = WindowOf(name);
            lock (window)
            {
                if (!window.IsRetired)
                {
                    window.MoveTo(step);
                    window.Add();
                    return;
                }
            }
        }
    }

    private static Take Told(SlidingWindow window, int limit, bool isGranted, TimeSpan toNextStep)
    {
        var steps = window.StepsToNext();
        return new Take(isGranted, limit, Math.Max(0, limit - window.Count), steps == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((steps - 1) * s_step) + toNextStep);
    }

    private (long Step, TimeSpan ToNextStep) Now()
    {
        var ticks = clock.GetElapsedTime(_start).Ticks;
        return (ticks / s_step, TimeSpan.FromTicks(s_step - (ticks % s_step)));
    }

    private SlidingWindow WindowOf(string name) => _windows.GetOrAdd(name, static _ => new SlidingWindow());

    // Once a window one caller looks for names that nobody used for that long.
    private void Sweep(long step)
    {
        var due = Volatile.Read(ref _nextSweep);
        if (step < due || Interlocked.CompareExchange(ref _nextSweep, step + SlidingWindow.StepsPerWindow, due) != due)
        {
            return;
        }

        foreach (var (name, window) in _windows)
        {
            lock (window)
            {
                window.MoveTo(step);
                if (window.Count == 0)
                {
                    window.IsRetired = true;
                    _windows.TryRemove(KeyValuePair.Create(name, window));
                }
            }
        }
    }
}
