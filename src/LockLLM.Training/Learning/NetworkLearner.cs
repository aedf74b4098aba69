using System.Numerics;
using System.Runtime.InteropServices;
using LockLLM.Engine;
using LockLLM.Engine.Network;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Learning;

/// <summary>
/// Teaches the network: word vectors, three layers of filters and the scores of windows, by descending along hand-written
/// gradients. Like the linear model it learns from whole texts through their worst window. Dense weights step by Adam
/// (Kingma and Ba 2015), word vectors by AdaGrad with one rate a row. One thread and a fixed seed, so that the same corpus gives the
/// same weights to the bit on one machine.
/// </summary>
internal sealed class NetworkLearner(NetworkSettings settings)
{
    private const int WordSize = NetworkShape.WordSize;
    private const int Width = NetworkShape.Width;
    private const int Hidden = NetworkShape.Hidden;
    private const int Pooled = 2 * Width;

    private readonly WordReader _reader = new();
    private readonly NetworkBatch _batch = new();
    private readonly NetworkGradients _gradients = new();
    private readonly float[] _tableSquares = new float[WordReader.Slots];
    private readonly float[] _firstMoments = new float[DenseWeights.Count];
    private readonly float[] _secondMoments = new float[DenseWeights.Count];
    private long _steps;

    public NetworkWeights Weights { get; } = NetworkWeights.Random(settings.Seed);

    public void Learn(IReadOnlyList<Example> examples, Action<double>? progress, CancellationToken cancellationToken)
    {
        var order = examples.Where(static example => example.UserWeight > 0 || example.DocumentWeight > 0)
            .SelectMany(static example => example.Disguised is { } disguised ? [(example, example.Canonical), (example, disguised)] : new[] { (example, example.Canonical) })
            .ToArray();
        var random = new Random(settings.Seed);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            for (var i = 0; i < order.Length; i++)
            {
                var (example, canonical) = order[i];
                var done = (epoch + (i / (double)order.Length)) / settings.Epochs;
                AddToBatch(example, canonical, wideOnly: example.IsAttack && done < settings.WideOnlyUntil, random);
                if (_batch.Words >= settings.BatchWords || i == order.Length - 1)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Step((float)(1 - done));
                    progress?.Invoke(done);
                }
            }
        }

        progress?.Invoke(1);
    }

    /// <summary>What was learned, in the form in which it is shipped.</summary>
    public SentenceNetwork ToNetwork()
    {
        var (scales, table) = Quantizer.ToBytes(Weights.Table, WordSize);
        return new SentenceNetwork(table, scales, Weights.Dense);
    }

    /// <summary>A long text is searched for its worst window first; only that, and the words it can see, is learned from.</summary>
    private void AddToBatch(Example example, string canonical, bool wideOnly, Random random)
    {
        _reader.Read(canonical);
        if (_reader.Count == 0)
        {
            return;
        }

        // An attack may stand anywhere in a text; of an innocent one, each pass looks at another part.
        var (from, to) = (0, _reader.Count);
        var longest = example.IsAttack ? settings.LongestAttack : settings.LongestText;
        if (to > longest)
        {
            from = random.Next(to - longest);
            to = from + longest;
        }

        var head = random.NextSingle() * (example.UserWeight + example.DocumentWeight) < example.UserWeight ? 0 : 1;
        if (to - from > settings.SearchedFrom)
        {
            var search = _search;
            search.Clear();
            search.Add(_reader, from, to, null, 0);
            search.Forward(Weights);
            var worst = search.WorstWindow(Weights, 0, head, wideOnly);
            var start = from + Math.Max(0, (worst.FromBlock * NetworkShape.BlockWords) - NetworkShape.BlockWords);
            var end = Math.Min(to, from + ((worst.ToBlock + 1) * NetworkShape.BlockWords));
            (from, to) = (start, end);
        }

        _batch.Add(_reader, from, to, random, settings.WordDropout);
        _batch.Targets.Add(new NetworkTarget(
            example.IsAttack ? 1f - settings.LabelSmoothing : settings.LabelSmoothing, example.UserWeight, example.DocumentWeight, head, wideOnly));
    }

    private readonly NetworkBatch _search = new();

    private void Step(float rateLeft)
    {
        _batch.Forward(Weights);
        _gradients.Compute(Weights, _batch);
        _steps++;
        var rate = settings.Rate * rateLeft * MathF.Min(1, _steps / 200f);
        var norm = 1f / _batch.Targets.Count;
        var correction1 = 1f - MathF.Pow(0.9f, _steps);
        var correction2 = 1f - MathF.Pow(0.999f, _steps);
        var dense = Weights.Dense;
        var gradient = _gradients.Dense;
        for (var i = 0; i < dense.Length; i++)
        {
            var g = gradient[i] * norm;
            _firstMoments[i] = (0.9f * _firstMoments[i]) + (0.1f * g);
            _secondMoments[i] = (0.999f * _secondMoments[i]) + (0.001f * g * g);
            dense[i] -= rate * ((_firstMoments[i] / correction1 / (MathF.Sqrt(_secondMoments[i] / correction2) + 1e-8f)) + (settings.Decay * dense[i]));
        }

        var tableRate = settings.TableRate * rateLeft;
        for (var word = 0; word < _batch.WordRows.Count; word++)
        {
            var slots = _batch.SlotsOf(word);
            if (slots.IsEmpty)
            {
                continue;
            }

            var g = _gradients.Words.AsSpan(_batch.WordRows[word] * WordSize, WordSize);
            var square = Dot(g, g) / (WordSize * slots.Length);
            if (square == 0)
            {
                continue;
            }

            var scale = 1f / MathF.Sqrt(slots.Length);
            foreach (var slot in slots)
            {
                _tableSquares[slot] += square;
                Matrix.AddScaled(g, -tableRate * scale / (MathF.Sqrt(_tableSquares[slot]) + 1e-6f), Weights.Table.AsSpan(slot * WordSize, WordSize));
            }
        }

        _batch.Clear();
    }

    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        var left = MemoryMarshal.Cast<float, Vector<float>>(a);
        var right = MemoryMarshal.Cast<float, Vector<float>>(b);
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        var total = Vector.Sum(sum);
        for (var i = left.Length * Vector<float>.Count; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }
}

/// <summary>How the network learns.</summary>
internal sealed record NetworkSettings
{
    /// <summary>Passes over the examples. A second one learns sources by heart: it costs recall on sources left out.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Share of the learning after which attacks teach through narrow windows too; before that the worst one is a guess.</summary>
    public double WideOnlyUntil { get; init; } = 0.3;

    /// <summary>Step size of dense weights at the start; it sinks to nothing.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>The same of word vectors.</summary>
    public float TableRate { get; init; } = 0.05f;

    /// <summary>Pull of dense weights to zero.</summary>
    public float Decay { get; init; } = 0.01f;

    public float LabelSmoothing { get; init; } = 0.02f;

    /// <summary>Share of words that are not seen while learning.</summary>
    public float WordDropout { get; init; } = 0.1f;

    /// <summary>Words after which a step is made.</summary>
    public int BatchWords { get; init; } = 3000;

    /// <summary>Words of an innocent text looked at in one pass.</summary>
    public int LongestText { get; init; } = 512;

    /// <summary>The same of an attack.</summary>
    public int LongestAttack { get; init; } = 4096;

    /// <summary>Words from which on a text is searched for its worst window before it is learned from.</summary>
    public int SearchedFrom { get; init; } = 160;

    public int Seed { get; init; } = 1;
}

/// <summary>What a text of a batch is to score.</summary>
internal readonly record struct NetworkTarget(float Label, float UserWeight, float DocumentWeight, int Head, bool WideOnly);
