using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LockLLM.Engine;

namespace LockLLM.Benchmarks;

/// <summary>
/// A scan by length of text. Two yardsticks stand beside it, so that a slow machine shows: a plain hash that reads
/// each character once, and a generated regex of ten everyday words. The regex detects nothing.
/// </summary>
public partial class ScanBenchmarks
{
    private readonly PromptScanner _scanner = new();
    private string _text = "";

    [Params(Texts.Prompt, Texts.Long, Texts.Longest)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void Setup() => _text = Texts.Everyday(Characters);

    [Benchmark(Baseline = true)]
    public uint PlainHash()
    {
        var hash = 2166136261u;
        foreach (var character in _text)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash;
    }

    [Benchmark]
    public int RegexOfTenWords() => TenWords().Count(_text);

    [Benchmark]
    public double Scan() => _scanner.Scan(_text).Score;

    [GeneratedRegex("harbour|lantern|meadow|orchard|pebble|quarry|saddle|thimble|violet|willow", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TenWords();
}
