using System.Globalization;
using LockLLM.Engine;

namespace LockLLM.Benchmarks;

/// <summary>Whether memory stays where it is over very many scans, and what a scan allocates.</summary>
internal static class MemoryCheck
{
    private const int DefaultScans = 1_000_000;
    private const int Prompts = 1000;

    public static void Run(string? scans)
    {
        var count = scans is null ? DefaultScans : int.Parse(scans, CultureInfo.InvariantCulture);
        var scanner = new PromptScanner();
        var prompts = Enumerable.Range(0, Prompts).Select(Texts.EverydayPrompt).ToArray();
        ScanAll(scanner, prompts, Prompts);
        Print("at start");
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        ScanAll(scanner, prompts, count / 10);
        Print($"after {count / 10:N0} scans");
        ScanAll(scanner, prompts, count - (count / 10));
        Print($"after {count:N0} scans");
        Console.WriteLine($"allocated a scan of {Texts.Prompt} characters: {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count:N0} bytes");
    }

    private static void ScanAll(PromptScanner scanner, string[] prompts, int count)
    {
        for (var i = 0; i < count; i++)
        {
            scanner.Scan(prompts[i % prompts.Length]);
        }
    }

    private static void Print(string when)
    {
        var live = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"{when}: resident {Environment.WorkingSet / 1e6:N1} MB, live objects {live / 1e6:N2} MB");
    }
}
