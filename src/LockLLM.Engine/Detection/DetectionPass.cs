using LockLLM.Engine.Features;
using LockLLM.Engine.Models;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Detection;

/// <summary>
/// One scan from text to findings, with the buffers it needs. Not thread-safe; <see cref="WorkspacePool"/> lends them out.
/// </summary>
internal sealed class DetectionPass(InjectionModel model)
{
    /// <summary>Characters whose features are summed while they are still in the processor's cache.</summary>
    private const int PieceLength = 2048;

    /// <summary>A finding reaches to the ends of its sentences, if those are at most this far away.</summary>
    private const int MaxSentenceReach = 120;

    private readonly Canonicalizer _canonicalizer = new(model.Language);
    private readonly FeatureExtractor _features = new();
    private readonly List<Region> _regions = [];

    // For each character, and once before the first, how many features there were and the sum of their weights.
    private int[] _counts = [];
    private int[] _sums = [];

    /// <summary>Scores a text and adds what was found. Returns the score of its worst window, 0 to 100.</summary>
    public double Run(ReadOnlySpan<char> text, Trust trust, List<Finding> findings)
    {
        var canonical = _canonicalizer.Canonicalize(text);
        var head = InjectionModel.HeadFor(trust);
        var worst = Judge(canonical.Chars, head);
        foreach (var region in _regions)
        {
            AddFinding(region, canonical, trust, head, findings);
        }

        ChatTemplateDetector.Find(canonical, trust, findings);
        return worst;
    }

    /// <summary>Wipes the text; gives memory back that grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        _canonicalizer.Forget(keepCapacity);
        _features.Forget(keepCapacity);
        _regions.Clear();
        if (_sums.Length > keepCapacity)
        {
            (_counts, _sums) = ([], []);
        }
    }

    /// <summary>The raw score of canonical text, and the regions that reach the threshold of the highest sensitivity.</summary>
    private double Judge(ReadOnlySpan<char> text, int headIndex)
    {
        _regions.Clear();
        if (text.IsEmpty)
        {
            return 0;
        }

        SumFeatures(text, headIndex);
        var head = model.Heads[headIndex];
        var worst = 0d;
        for (var w = 0; w < TextWindows.Widths.Length; w++)
        {
            var width = TextWindows.Widths[w];
            if (w > 0 && text.Length <= width)
            {
                break;
            }

            var count = TextWindows.Count(text.Length, width);
            for (var number = 0; number < count; number++)
            {
                var (from, to) = TextWindows.Range(number, text.Length, width);
                var score = head.Calibration.ToScore(RawScore(from, to, head, w));
                worst = Math.Max(worst, score);
                if (score >= Thresholds.High)
                {
                    AddRegion(new Region(from, to, score, w));
                }
            }
        }

        return worst;
    }

    private void SumFeatures(ReadOnlySpan<char> text, int head)
    {
        if (_sums.Length <= text.Length)
        {
            _counts = new int[Math.Max(1024, text.Length + (text.Length / 4))];
            _sums = new int[_counts.Length];
        }

        var (count, sum) = (0, 0);
        _features.Begin();
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = Math.Min(text.Length, from + PieceLength);
            _features.Read(text[from..to], isLast: to == text.Length);
            sum = model.Accumulate(_features.Indices, _features.Ends, head, sum, _sums.AsSpan(from + 1));
            for (var i = from; i < to; i++)
            {
                _counts[i + 1] = count + _features.Ends[i - from];
            }

            count += _features.Count;
        }
    }

    private float RawScore(int from, int to, ModelHead head, int width) =>
        head.Biases[width] + ((_sums[to] - _sums[from]) * head.Scale * LinearScale.Of(_counts[to] - _counts[from]));

    /// <summary>Names the kind of the attack in a range.</summary>
    private ThreatCategory Classify(ReadOnlySpan<char> text)
    {
        Span<long> votes = stackalloc long[CategoryModel.Classes];
        votes.Clear();
        var count = 0;
        _features.Begin();
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = Math.Min(text.Length, from + PieceLength);
            _features.Read(text[from..to], isLast: to == text.Length);
            model.Categories.Add(_features.Indices, votes);
            count += _features.Count;
        }

        return model.Categories.Likeliest(votes, count);
    }

    /// <summary>Windows that overlap become one region. A narrow one tells the place better and so replaces the wide ones it lies in.</summary>
    private void AddRegion(Region added)
    {
        for (var i = _regions.Count - 1; i >= 0; i--)
        {
            var region = _regions[i];
            if (added.From >= region.To || added.To <= region.From)
            {
                continue;
            }

            if (region.Width == added.Width)
            {
                _regions[i] = new Region(Math.Min(region.From, added.From), Math.Max(region.To, added.To), Math.Max(region.Score, added.Score), added.Width);
                return;
            }

            added = added with { Score = Math.Max(added.Score, region.Score) };
            _regions.RemoveAt(i);
        }

        _regions.Add(added);
    }

    private void AddFinding(Region region, MappedText canonical, Trust trust, int head, List<Finding> findings)
    {
        var (from, to) = Narrow(region, canonical.Chars, head);
        var category = Classify(canonical.Chars[from..to]);
        if (category == ThreatCategory.Injection && trust is (Trust.Tool or Trust.Document))
        {
            category = ThreatCategory.RagInjection;
        }

        var span = canonical.Origin(from, to);
        var layers = canonical.LayersOf(from, to);
        findings.Add(new Finding(category, region.Score, span, layers));
        if (layers != EncodingLayers.None)
        {
            findings.Add(new Finding(ThreatCategory.Obfuscation, region.Score, span, layers));
        }
    }

    /// <summary>
    /// The part of a region that speaks for an attack: the run of characters whose features outweigh the most what a
    /// window needs to be reported (Kadane), out to the ends of its sentences.
    /// </summary>
    private (int From, int To) Narrow(Region region, ReadOnlySpan<char> text, int headIndex)
    {
        var head = model.Heads[headIndex];
        var windowEnd = Math.Min(region.To, region.From + TextWindows.Widths[region.Width]);
        var features = _counts[windowEnd] - _counts[region.From];
        var needed = (long)((head.Calibration.High - head.Biases[region.Width]) * LinearScale.Of(features) / head.Scale);
        int from = region.From, start = region.From, to = region.To;
        long sum = 0, best = long.MinValue;
        for (var i = region.From; i < region.To; i++)
        {
            if (sum <= 0)
            {
                (sum, start) = (0, i);
            }

            sum += _sums[i + 1] - _sums[i] - (needed * (_counts[i + 1] - _counts[i]));
            if (sum > best)
            {
                (best, from, to) = (sum, start, i + 1);
            }
        }

        var reach = Math.Max(0, from - MaxSentenceReach);
        var before = text[reach..from].LastIndexOfAny(".!?\n");
        from = before >= 0 ? reach + before + 1 : reach == 0 ? 0 : from;
        while (from < to - 1 && text[from] == ' ')
        {
            from++;
        }

        var limit = Math.Min(text.Length, to + MaxSentenceReach);
        var after = text[(to - 1)..limit].IndexOfAny(".!?\n");
        to = after >= 0 ? to + after : limit == text.Length ? limit : to;
        return (from, to);
    }

    private readonly record struct Region(int From, int To, double Score, int Width);
}
