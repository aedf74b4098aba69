using LockLLM.Engine.Features;
using LockLLM.Engine.Models;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Detection;

/// <summary>
/// One scan from text to findings, with the buffers it needs. Not thread-safe; <see cref="WorkspacePool"/> lends them out.
/// </summary>
internal sealed class DetectionPass(InjectionModel model)
{
    /// <summary>Characters whose features are read while they are still in the processor's cache.</summary>
    private const int PieceLength = 2048;

    /// <summary>A finding reaches to the ends of its sentences, if those are at most this far away.</summary>
    private const int MaxSentenceReach = 120;

    /// <summary>Features look a few characters back and ahead, so what speaks for an attack may begin or end in the neighbouring sentence.</summary>
    private const int MaxEdge = 12;

    private readonly Canonicalizer _canonicalizer = new(model.Language);
    private readonly WindowJudge _judge = new(model);
    private readonly FeatureExtractor _features = new();
    private readonly List<Region> _regions = [];

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
        _judge.Forget(keepCapacity);
        _features.Forget(keepCapacity);
        _regions.Clear();
    }

    /// <summary>The score of canonical text, and the regions that reach the threshold of the highest sensitivity.</summary>
    private double Judge(ReadOnlySpan<char> text, int head)
    {
        _regions.Clear();
        var calibration = model.Heads[head].Calibration;
        var worst = calibration.ToScore(_judge.Judge(text, head));
        foreach (var window in _judge.Windows)
        {
            if (window.Raw >= calibration.High)
            {
                AddRegion(new Region(window.From, window.To, calibration.ToScore(window.Raw), window.Kind));
            }
        }

        return worst;
    }

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
        var (from, to) = Narrow(region, canonical.Chars, model.Heads[head]);
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
    /// window needs at the strictest threshold (Kadane), out to the ends of its sentences. The whole region where none does.
    /// </summary>
    private (int From, int To) Narrow(Region region, ReadOnlySpan<char> text, ModelHead head)
    {
        var counts = _judge.Counts;
        var sums = _judge.Sums;
        var width = Math.Min(region.Width, TextWindows.Widths.Length - 1);
        var windowEnd = Math.Min(region.To, region.From + TextWindows.Widths[width]);
        var features = counts[windowEnd] - counts[region.From];
        var needed = (long)((head.Calibration.Low - head.Biases[width]) * LinearScale.Of(features) / head.Scale);
        int from = region.From, start = region.From, to = region.To;
        long sum = 0, best = 0;
        for (var i = region.From; i < region.To; i++)
        {
            if (sum <= 0)
            {
                (sum, start) = (0, i);
            }

            sum += sums[i + 1] - sums[i] - (needed * (counts[i + 1] - counts[i]));
            if (sum > best)
            {
                (best, from, to) = (sum, start, i + 1);
            }
        }

        return ToSentences(text, from, to);
    }

    /// <summary>Moves both ends of a range to the ends of its sentences: inward over the edge of a neighbouring one, else outward.</summary>
    private static (int From, int To) ToSentences(ReadOnlySpan<char> text, int from, int to)
    {
        const string Ends = ".!?\n";
        var edge = Math.Min(MaxEdge, (to - from) / 2);
        var inward = text.Slice(from, edge).LastIndexOfAny(Ends);
        if (inward >= 0)
        {
            from += inward + 1;
        }
        else
        {
            var reach = Math.Max(0, from - MaxSentenceReach);
            var before = text[reach..from].LastIndexOfAny(Ends);
            from = before >= 0 ? reach + before + 1 : reach == 0 ? 0 : from;
        }

        while (from < to - 1 && text[from] == ' ')
        {
            from++;
        }

        inward = text[Math.Max(from, to - edge)..to].IndexOfAny(Ends);
        if (inward >= 0)
        {
            to = Math.Max(from, to - edge) + inward + 1;
        }
        else
        {
            var limit = Math.Min(text.Length, to + MaxSentenceReach);
            var after = text[(to - 1)..limit].IndexOfAny(Ends);
            to = after >= 0 ? to + after : limit == text.Length ? limit : to;
        }

        return (from, to);
    }

    private readonly record struct Region(int From, int To, double Score, int Width);
}
