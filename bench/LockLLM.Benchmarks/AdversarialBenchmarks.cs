using BenchmarkDotNet.Attributes;
using LockLLM.Engine;

namespace LockLLM.Benchmarks;

/// <summary>Texts of 100,000 characters that someone made to be slow, against everyday English of that length.</summary>
public class AdversarialBenchmarks
{
    private readonly PromptScanner _scanner = new();
    private readonly string _everyday = Texts.Everyday(Texts.Longest);
    private readonly string _nestedBase64 = Texts.NestedBase64();
    private readonly string _randomBase64 = Texts.RandomBase64();
    private readonly string _gzipBombs = Texts.GzipBombs();
    private readonly string _randomCharacters = Texts.RandomCharacters();
    private readonly string _oneLongWord = Texts.OneLongWord();
    private readonly string _combiningMarks = Texts.CombiningMarks();
    private readonly string _deepJson = Texts.DeepJson();
    private readonly string _percentLetters = Texts.PercentLetters();
    private readonly string _singleLetters = Texts.SingleLetters();
    private readonly string _leetspeak = Texts.Leetspeak();
    private readonly string _caesar = Texts.Caesar();
    private readonly string _loneCharacters = Texts.LoneCharacters();
    private readonly string _randomWords = Texts.RandomWords();
    private readonly string _htmlReferences = Texts.HtmlReferences();
    private readonly string _morse = Texts.Morse();
    private readonly string _binaryDigits = Texts.BinaryDigits();

    [Benchmark(Baseline = true)]
    public double Everyday() => _scanner.Scan(_everyday).Score;

    [Benchmark]
    public double NestedBase64() => _scanner.Scan(_nestedBase64).Score;

    [Benchmark]
    public double RandomBase64() => _scanner.Scan(_randomBase64).Score;

    [Benchmark]
    public double GzipBombs() => _scanner.Scan(_gzipBombs).Score;

    [Benchmark]
    public double RandomCharacters() => _scanner.Scan(_randomCharacters).Score;

    [Benchmark]
    public double OneLongWord() => _scanner.Scan(_oneLongWord).Score;

    [Benchmark]
    public double CombiningMarks() => _scanner.Scan(_combiningMarks).Score;

    [Benchmark]
    public double DeepJson() => _scanner.Scan(_deepJson).Score;

    [Benchmark]
    public double PercentLetters() => _scanner.Scan(_percentLetters).Score;

    [Benchmark]
    public double SingleLetters() => _scanner.Scan(_singleLetters).Score;

    [Benchmark]
    public double Leetspeak() => _scanner.Scan(_leetspeak).Score;

    [Benchmark]
    public double Caesar() => _scanner.Scan(_caesar).Score;

    [Benchmark]
    public double LoneCharacters() => _scanner.Scan(_loneCharacters).Score;

    [Benchmark]
    public double RandomWords() => _scanner.Scan(_randomWords).Score;

    [Benchmark]
    public double HtmlReferences() => _scanner.Scan(_htmlReferences).Score;

    [Benchmark]
    public double Morse() => _scanner.Scan(_morse).Score;

    [Benchmark]
    public double BinaryDigits() => _scanner.Scan(_binaryDigits).Score;
}
