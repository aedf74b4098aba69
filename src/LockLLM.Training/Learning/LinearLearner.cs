using LockLLM.Engine;
using LockLLM.Engine.Features;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Learning;

/// <summary>
/// Logistic regression over hashed features, learned as a scan judges: a text is its worst window. Attacks teach
/// through the window that looks most like one, innocent texts through the one that comes closest to a false alarm
/// (multiple-instance learning, Andrews et al. 2003). Step sizes follow AdaGrad (Duchi et al. 2011).
/// One thread and a fixed seed, so that the same corpus gives the same weights to the bit.
/// </summary>
internal sealed class LinearLearner(Trust trust, LearnerSettings settings)
{
    private readonly FeatureExtractor _extractor = new();
    private readonly float[] _squares = new float[FeatureSchema.Slots];
    private readonly float[] _biasSquares = new float[TextWindows.Widths.Length];
    private float[] _prefix = [];

    public float[] Weights { get; } = new float[FeatureSchema.Slots];

    /// <summary>One bias for each window width.</summary>
    public float[] Biases { get; } = new float[TextWindows.Widths.Length];

    /// <summary>Passes over the examples once for each epoch.</summary>
    /// <param name="examples">What to learn from.</param>
    /// <param name="progress">Told the share of the work done, 0 to 1, now and then.</param>
    public void Learn(IReadOnlyList<Example> examples, Action<double>? progress, CancellationToken cancellationToken)
    {
        var order = examples.Where(example => example.WeightFor(trust) > 0)
            .SelectMany(static example => example.Disguised is { } disguised ? [(example, example.Canonical), (example, disguised)] : new[] { (example, example.Canonical) })
            .ToArray();
        var random = new Random(settings.Seed);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            random.Shuffle(order);
            var rate = settings.LearningRate * (1f - (epoch / (float)settings.Epochs));
            for (var i = 0; i < order.Length; i++)
            {
                var (example, canonical) = order[i];
                LearnFrom(canonical, example.IsAttack, example.WeightFor(trust), rate, wideOnly: epoch == 0);
                if (i % 4096 == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress?.Invoke((epoch + (i / (double)order.Length)) / settings.Epochs);
                }
            }
        }

        progress?.Invoke(1);
    }

    /// <summary>The raw score of a text: the log odds of its worst window.</summary>
    public float Score(string canonical)
    {
        Prepare(canonical);
        return WorstWindow(wideOnly: false).Score;
    }

    /// <summary>The features of the window that looks most like an attack, valid until the next call.</summary>
    public ReadOnlySpan<uint> WorstFeatures(string canonical)
    {
        Prepare(canonical);
        var worst = WorstWindow(wideOnly: false);
        return _extractor.Indices[worst.First..worst.Last];
    }

    private void LearnFrom(string canonical, bool isAttack, float weight, float rate, bool wideOnly)
    {
        Prepare(canonical);
        if (_extractor.Length == 0)
        {
            return;
        }

        Step(WorstWindow(wideOnly && isAttack), isAttack, weight, rate);
    }

    private void Prepare(string canonical)
    {
        _extractor.Extract(canonical);
        if (_prefix.Length <= _extractor.Count)
        {
            _prefix = new float[_extractor.Count * 2];
        }

        var sum = 0f;
        var indices = _extractor.Indices;
        for (var i = 0; i < indices.Length; i++)
        {
            _prefix[i] = sum;
            sum += Weights[indices[i]];
        }

        _prefix[indices.Length] = sum;
    }

    private Window WorstWindow(bool wideOnly)
    {
        var ends = _extractor.Ends;
        var length = _extractor.Length;
        var worst = new Window(0, 0, 0, length == 0 ? Biases[0] : float.NegativeInfinity);
        for (var w = 0; w < TextWindows.Widths.Length && length > 0; w++)
        {
            var width = TextWindows.Widths[w];
            if (w > 0 && (wideOnly || length <= width))
            {
                break;
            }

            var count = TextWindows.Count(length, width);
            for (var number = 0; number < count; number++)
            {
                var (from, to) = TextWindows.Range(number, length, width);
                var first = from == 0 ? 0 : ends[from - 1];
                var last = ends[to - 1];
                var score = Biases[w] + ((_prefix[last] - _prefix[first]) * LinearScale.Of(last - first));
                if (score > worst.Score)
                {
                    worst = new Window(w, first, last, score);
                }
            }
        }

        return worst;
    }

    private void Step(Window window, bool isAttack, float weight, float rate)
    {
        var probability = 1f / (1f + MathF.Exp(-window.Score));
        var target = isAttack ? 1f - settings.LabelSmoothing : settings.LabelSmoothing;
        var error = (probability - target) * weight;
        if (MathF.Abs(error) < 1e-4f)
        {
            return;
        }

        var slope = error * LinearScale.Of(window.Last - window.First);
        var weights = Weights;
        var squares = _squares;
        foreach (var index in _extractor.Indices[window.First..window.Last])
        {
            var gradient = slope + (settings.Decay * weights[index]);
            squares[index] += gradient * gradient;
            weights[index] -= rate * gradient / (MathF.Sqrt(squares[index]) + 1e-6f);
        }

        _biasSquares[window.Width] += error * error;
        Biases[window.Width] -= rate * error / (MathF.Sqrt(_biasSquares[window.Width]) + 1e-6f);
    }

    private readonly record struct Window(int Width, int First, int Last, float Score);
}

/// <summary>How the learner learns.</summary>
internal sealed record LearnerSettings
{
    public int Epochs { get; init; } = 4;

    public float LearningRate { get; init; } = 0.3f;

    /// <summary>Pull of each weight to zero, against learning by heart.</summary>
    public float Decay { get; init; } = 1e-6f;

    /// <summary>Labels are taken as this far from certain.</summary>
    public float LabelSmoothing { get; init; } = 0.02f;

    public const int DefaultSeed = 1;

    public int Seed { get; init; } = DefaultSeed;
}
