namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Gives memory back to the system: native memory now and then, all of it once a burst is over. The collector runs only while something allocates, so what it took
/// for the burst it would otherwise keep for as long as nobody calls.
/// </summary>
internal sealed class IdleMemory(TimeProvider clock) : BackgroundService
{
    // The compiler's own memory comes and goes while code warms up.
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(2);

    private const int PeriodsPerLook = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var watch = new IdleWatch(GC.GetTotalAllocatedBytes());
        using var timer = new PeriodicTimer(s_period, clock);
        for (var period = 1; await timer.WaitForNextTickAsync(stoppingToken); period++)
        {
            if (period % PeriodsPerLook == 0 && watch.IsTime(GC.GetTotalAllocatedBytes()))
            {
                SpareMemory.Release();
            }
            else
            {
                SpareMemory.ReleaseNative();
            }
        }
    }
}

/// <summary>Decides from the bytes allocated so far whether memory is to be given back now.</summary>
internal sealed class IdleWatch(long allocated)
{
    /// <summary>Less than this from one look to the next is no work.</summary>
    public const long Quiet = 4 * 1024 * 1024;

    /// <summary>What has to have been allocated since memory was last given back, for there to be anything to give.</summary>
    public const long Burst = 64 * 1024 * 1024;

    private long _lastLook = allocated;
    private long _lastTime = allocated;

    public bool IsTime(long allocated)
    {
        var isQuiet = allocated - _lastLook < Quiet;
        _lastLook = allocated;
        if (!isQuiet || allocated - _lastTime < Burst)
        {
            return false;
        }

        _lastTime = allocated;
        return true;
    }
}
