using System.Collections.Concurrent;
using LockLLM.Engine.Models;

namespace LockLLM.Engine.Detection;

/// <summary>
/// Lends passes to scans, so that a scan allocates no buffers. A pass comes back without its text. Long texts have
/// their own few passes; one that grew on a short text gives the memory back.
/// </summary>
internal sealed class WorkspacePool(InjectionModel model)
{
    private const int LongText = 16 * 1024;
    private const int LongKept = 256 * 1024;
    private const int MaxLongPasses = 2;
    private static readonly int s_maxShortPasses = Environment.ProcessorCount * 2;

    private readonly ConcurrentQueue<DetectionPass> _short = new();
    private readonly ConcurrentQueue<DetectionPass> _long = new();

    public DetectionPass Rent(int length) => (length > LongText ? _long : _short).TryDequeue(out var pass) ? pass : new DetectionPass(model);

    public void Return(DetectionPass pass, int length)
    {
        var (queue, most, kept) = length > LongText ? (_long, MaxLongPasses, LongKept) : (_short, s_maxShortPasses, 2 * LongText);
        if (queue.Count < most)
        {
            pass.Forget(kept);
            queue.Enqueue(pass);
        }
    }
}
