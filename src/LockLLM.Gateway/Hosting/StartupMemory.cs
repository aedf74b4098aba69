using System.Runtime;

namespace LockLLM.Gateway.Hosting;

/// <summary>Gives back to the system what only the start needed: migrations, the model of the database, first compilations.</summary>
internal static class StartupMemory
{
    public static void ReleaseStartupMemory(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(Release);

    public static void Release()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
