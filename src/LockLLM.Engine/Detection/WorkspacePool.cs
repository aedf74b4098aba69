using LockLLM.Engine.Models;

namespace LockLLM.Engine.Detection;

/// <summary>
/// Lends passes to scans, so that a scan allocates no buffers. A pass comes back without its text, and goes out again where it was used last:
/// its buffers are still in that processor's cache. Long texts have their own few passes; one that grew on a short text gives the memory back.
/// </summary>
internal sealed class WorkspacePool(InjectionModel model)
{
    private const int LongText = 16 * 1024;
    private const int LongKept = 256 * 1024;
    private const int MaxLongPasses = 2;

    private readonly DetectionPass?[] _short = new DetectionPass?[Environment.ProcessorCount * 2];
    private readonly DetectionPass?[] _long = new DetectionPass?[MaxLongPasses];

    public DetectionPass Rent(int length)
    {
        var places = length > LongText ? _long : _short;
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < places.Length; i++)
        {
            ref var place = ref Place(places, first + i);
            if (place is not null && Interlocked.Exchange(ref place, null) is { } pass)
            {
                return pass;
            }
        }

        return new DetectionPass(model);
    }

    public void Return(DetectionPass pass, int length)
    {
        var (places, kept) = length > LongText ? (_long, LongKept) : (_short, 2 * LongText);
        pass.Forget(kept);
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < places.Length; i++)
        {
            ref var place = ref Place(places, first + i);
            if (place is null && Interlocked.CompareExchange(ref place, pass, null) is null)
            {
                return;
            }
        }
    }

    private static ref DetectionPass? Place(DetectionPass?[] places, int number) => ref places[(int)((uint)number % (uint)places.Length)];
}
