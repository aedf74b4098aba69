using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LockLLM.Engine.Models;

/// <summary>Asks for memory before it is needed.</summary>
internal static class Prefetch
{
    /// <summary>Brings the cache line of a place nearer. A hint: a processor without such an instruction brings it when it is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Line<T>(ref readonly T place)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            Sse.PrefetchNonTemporal(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}
