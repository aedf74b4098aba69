using System.Runtime;
using System.Runtime.InteropServices;

namespace LockLLM.Gateway.Hosting;

/// <summary>Gives back to the system what is not needed any more, first of all what only the start needed: migrations, the model of the database, first compilations.</summary>
internal static partial class SpareMemory
{
    // Of glibc; another C library may lack it.
    private static readonly bool s_canTrim = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out _);

    public static void ReleaseStartupMemory(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(Release);

    public static void Release()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ReleaseNative();
    }

    /// <summary>What SQLite, OpenSSL and the compiler have freed, about a millisecond's work; the C library keeps it otherwise.</summary>
    public static void ReleaseNative()
    {
        if (s_canTrim)
        {
            _ = Trim(0);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint kept);
}
