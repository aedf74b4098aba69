using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LockLLM.Engine;

namespace LockLLM.Benchmarks;

/// <summary>
/// A scan by length of text. Two yardsticks stand beside it, so that a slow machine shows: a plain hash that reads
/// each character once, and a generated regex of ten everyday words. The regex detects nothing. Shorter texts are the
/// pieces of the longest, taken in turn: the same one again and again, the processor's branch predictor learns by heart.
/// </summary>
public partial class ScanBenchmarks
{
    private readonly PromptScanner _scanner = new();
    private string[] _texts = [];
    private int _turn;

    [Params(Texts.Prompt, Texts.Long, Texts.Longest)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void Setup() => _texts = [.. Enumerable.Range(0, Texts.Longest / Characters).Select(number => Texts.Everyday(Texts.Longest).Substring(number * Characters, Characters))];

    [Benchmark(Baseline = true)]
    public uint PlainHash()
    {
        var hash = 2166136261u;
        foreach (var character in Next())
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash;
    }

    [Benchmark]
    public int RegexOfTenWords() => TenWords().Count(Next());

    [Benchmark]
    public double Scan() => _scanner.Scan(Next()).Score;

    private string Next() => _texts[_turn++ % _texts.Length];

    [GeneratedRegex("harbour|lantern|meadow|orchard|pebble|quarry|saddle|thimble|violet|willow", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TenWords();
}
