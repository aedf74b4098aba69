using BenchmarkDotNet.Attributes;
using LockLLM.Engine.Decoding;
using LockLLM.Engine.Deobfuscation;
using LockLLM.Engine.Features;
using LockLLM.Engine.Models;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Text;

namespace LockLLM.Benchmarks;

/// <summary>The stages of a scan one by one, each on what the stage before it made of everyday English.</summary>
public class CanonicalizationBenchmarks
{
    private readonly MappedText _raw = new();
    private readonly MappedText _clean = new();
    private readonly MappedText _folded = new();
    private readonly MappedText _target = new();
    private readonly FeatureExtractor _features = new();
    private readonly Decoder _decoder = new();
    private readonly InjectionModel _model = InjectionModel.LoadShipped();
    private readonly Canonicalizer _canonicalizer;
    private readonly LetterJoiner _joiner;
    private readonly LeetReader _leet;
    private readonly CipherBreaker _ciphers;
    private string _text = "";
    private int[] _sums = [];

    public CanonicalizationBenchmarks()
    {
        _canonicalizer = new Canonicalizer(_model.Language);
        _joiner = new LetterJoiner(_model.Language);
        _leet = new LeetReader(_model.Language);
        _ciphers = new CipherBreaker(_model.Language);
    }

    [Params(Texts.Prompt, Texts.Longest)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _text = Texts.Everyday(Characters);
        _raw.Load(_text);
        TextCleaner.Clean(_raw, _clean);
        CharacterFolder.Fold(_clean, _folded);
        _features.Extract(_folded.Chars);
        _sums = new int[_features.Length];
    }

    [Benchmark(Baseline = true)]
    public int All() => _canonicalizer.Canonicalize(_text).Length;

    [Benchmark]
    public void Load() => _raw.Load(_text);

    [Benchmark]
    public void Clean() => TextCleaner.Clean(_raw, _target);

    [Benchmark]
    public bool JoinLetters() => _joiner.Join(_clean, _target);

    [Benchmark]
    public bool Decode() => _decoder.Decode(_clean, _target);

    [Benchmark]
    public void Fold() => CharacterFolder.Fold(_clean, _target);

    [Benchmark]
    public bool ReadLeetspeak() => _leet.Read(_folded, _target);

    [Benchmark]
    public bool BreakCiphers() => _ciphers.Read(_folded, _target);

    [Benchmark]
    public int ExtractFeatures()
    {
        _features.Extract(_folded.Chars);
        return _features.Count;
    }

    [Benchmark]
    public int SumWeights()
    {
        return _model.Accumulate(_features.Indices, _features.Ends, 0, 0, _sums);
    }
}
