using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LockLLM.Benchmarks;
using Perfolizer.Horology;

if (args is ["memory", ..])
{
    MemoryCheck.Run(args.ElementAtOrDefault(1));
    return;
}

if (args is ["overhead", ..])
{
    await OverheadCheck.RunAsync(int.Parse(args.ElementAtOrDefault(1) ?? "200000", System.Globalization.CultureInfo.InvariantCulture));
    return;
}

if (args is ["logs", ..])
{
    await LogReads.RunAsync(int.Parse(args.ElementAtOrDefault(1) ?? "1000000", System.Globalization.CultureInfo.InvariantCulture), args.ElementAtOrDefault(2));
    return;
}

// In this process, so that no second build with its own package restore is needed.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance)
    .WithWarmupCount(6).WithIterationCount(12).WithMinIterationTime(TimeInterval.FromMilliseconds(200));
var config = DefaultConfig.Instance
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.P50, StatisticColumn.P95)
    .WithOptions(ConfigOptions.DisableLogFile);
BenchmarkSwitcher.FromAssembly(typeof(Texts).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
