using BenchmarkDotNet.Attributes;
using LockLLM.Engine;

namespace LockLLM.Benchmarks;

/// <summary>Loading the shipped model: reading, checksum, tables.</summary>
public class LoadBenchmark
{
    [Benchmark]
    public PromptScanner Load() => new();
}
