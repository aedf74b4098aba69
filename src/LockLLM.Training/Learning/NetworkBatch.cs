using LockLLM.Engine.Network;

namespace LockLLM.Training.Learning;

/// <summary>Texts that are put through the network together: their words row after row with empty rows between, and what each layer makes of them.</summary>
internal sealed class NetworkBatch
{
    private const int Gap = NetworkShape.Reach;
    private const int WordSize = NetworkShape.WordSize;
    private const int Width = NetworkShape.Width;
    private readonly List<ushort> _slots = [];
    private readonly List<int> _slotEnds = [];
    private readonly List<(int First, int Count)> _texts = [];
    private readonly float[] _pooled = new float[2 * Width];
    private readonly float[] _hidden = new float[NetworkShape.Hidden];

    /// <summary>The row of each word.</summary>
    public List<int> WordRows { get; } = [];

    public List<NetworkTarget> Targets { get; } = [];

    public int Texts => _texts.Count;

    public int Words => WordRows.Count;

    public int Rows { get; private set; } = Gap;

    /// <summary>Word vectors, a row each.</summary>
    public float[] Input { get; private set; } = [];

    /// <summary>For each layer what its filters made of each row, nothing below zero.</summary>
    public float[][] Filtered { get; } = new float[NetworkShape.Dilations.Length][];

    /// <summary>For each layer its output: <see cref="Filtered"/>, from the second layer on with its input added (He et al. 2016).</summary>
    public float[][] Outputs { get; } = new float[NetworkShape.Dilations.Length][];

    public ReadOnlySpan<ushort> SlotsOf(int word) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_slots)[(word == 0 ? 0 : _slotEnds[word - 1]).._slotEnds[word]];

    public void Clear()
    {
        _slots.Clear();
        _slotEnds.Clear();
        _texts.Clear();
        WordRows.Clear();
        Targets.Clear();
        Rows = Gap;
    }

    /// <summary>Adds words of a text; some of them unseen when there is a source of chance.</summary>
    public void Add(WordReader words, int from, int to, Random? random, float dropout)
    {
        _texts.Add((Rows, to - from));
        for (var word = from; word < to; word++)
        {
            if (random is null || random.NextSingle() >= dropout)
            {
                _slots.AddRange(words.SlotsOf(word));
            }

            _slotEnds.Add(_slots.Count);
            WordRows.Add(Rows++);
        }

        Rows += Gap;
    }

    public void Forward(NetworkWeights weights)
    {
        EnsureRoom();
        Array.Clear(Input, 0, Rows * WordSize);
        for (var word = 0; word < WordRows.Count; word++)
        {
            var slots = SlotsOf(word);
            var target = Input.AsSpan(WordRows[word] * WordSize, WordSize);
            var scale = 1f / MathF.Sqrt(Math.Max(1, slots.Length));
            foreach (var slot in slots)
            {
                Matrix.AddScaled(weights.Table.AsSpan(slot * WordSize, WordSize), scale, target);
            }
        }

        var input = Input;
        for (var layer = 0; layer < NetworkShape.Dilations.Length; layer++)
        {
            var size = NetworkShape.LayerInput(layer);
            var filtered = Filtered[layer];
            var bias = weights.Dense.AsSpan(DenseWeights.FilterBias(layer));
            for (var row = 0; row < Rows; row++)
            {
                bias.CopyTo(filtered.AsSpan(row * Width, Width));
            }

            for (var tap = 0; tap < NetworkShape.Taps; tap++)
            {
                var shift = (tap - 1) * NetworkShape.Dilations[layer];
                Matrix.AddProduct(input.AsSpan((Gap + shift) * size, (Rows - (2 * Gap)) * size), size, 1, weights.Dense.AsSpan(DenseWeights.Filter(layer, tap)), Width,
                    filtered.AsSpan(Gap * Width), Width, Rows - (2 * Gap), size, Width);
            }

            Activate(layer, input);
            input = Outputs[layer];
        }
    }

    private void Activate(int layer, float[] input)
    {
        var filtered = Filtered[layer];
        var output = Outputs[layer];
        Array.Clear(output, 0, Rows * Width);
        var done = 0;
        foreach (var (first, count) in _texts)
        {
            // Nothing comes from the rows between texts, and nothing goes back through them.
            Array.Clear(filtered, done * Width, (first - done) * Width);
            done = first + count;
            for (var i = first * Width; i < (first + count) * Width; i++)
            {
                var value = MathF.Max(0, filtered[i]);
                filtered[i] = value;
                output[i] = layer == 0 ? value : value + input[i];
            }
        }

        Array.Clear(filtered, done * Width, (Rows - done) * Width);
    }

    /// <summary>The windows of a text.</summary>
    public IEnumerable<BatchWindow> Windows(int text)
    {
        var blocks = (_texts[text].Count + NetworkShape.BlockWords - 1) / NetworkShape.BlockWords;
        for (var kind = 0; kind < NetworkShape.WindowBlocks.Length; kind++)
        {
            var length = NetworkShape.WindowBlocks[kind];
            if (kind > 0 && blocks <= length)
            {
                break;
            }

            for (var number = 0; number < NetworkShape.Windows(blocks, length); number++)
            {
                var (from, to) = NetworkShape.Window(number, blocks, length);
                yield return new BatchWindow(text, from, to, kind);
            }
        }
    }

    public BatchWindow WorstWindow(NetworkWeights weights, int text, int head, bool wideOnly)
    {
        var worst = default(BatchWindow);
        var worstScore = float.NegativeInfinity;
        foreach (var window in Windows(text))
        {
            if (wideOnly && window.Kind > 0)
            {
                break;
            }

            var (user, document) = ScoreWindow(weights, window);
            var score = head == 0 ? user : document;
            if (score > worstScore)
            {
                (worst, worstScore) = (window, score);
            }
        }

        return worst;
    }

    /// <summary>The rows of a window.</summary>
    public (int From, int To) RowsOf(BatchWindow window)
    {
        var (first, count) = _texts[window.Text];
        return (first + (window.FromBlock * NetworkShape.BlockWords), first + Math.Min(count, window.ToBlock * NetworkShape.BlockWords));
    }

    /// <summary>Maxima and means of the last layer over a window, and of which row each maximum is.</summary>
    public void Pool(BatchWindow window, Span<float> pooled, Span<int> rows)
    {
        var (from, to) = RowsOf(window);
        var output = Outputs[^1];
        pooled.Clear();
        var maxima = pooled[..Width];
        var means = pooled[Width..];
        maxima.Fill(float.NegativeInfinity);
        for (var row = from; row < to; row++)
        {
            var values = output.AsSpan(row * Width, Width);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] > maxima[i])
                {
                    maxima[i] = values[i];
                    rows[i] = row;
                }

                means[i] += values[i];
            }
        }

        for (var i = 0; i < means.Length; i++)
        {
            means[i] /= to - from;
        }
    }

    public (float User, float Document) ScoreWindow(NetworkWeights weights, BatchWindow window)
    {
        Span<int> rows = stackalloc int[Width];
        Pool(window, _pooled, rows);
        return Score(weights, _pooled, _hidden);
    }

    /// <summary>From pooled numbers to scores; leaves the hidden numbers, nothing below zero.</summary>
    public static (float User, float Document) Score(NetworkWeights weights, ReadOnlySpan<float> pooled, Span<float> hidden)
    {
        var dense = weights.Dense;
        dense.AsSpan(DenseWeights.PoolBias).CopyTo(hidden);
        Matrix.AddProduct(pooled, pooled.Length, 1, dense.AsSpan(DenseWeights.Pool), NetworkShape.Hidden, hidden, NetworkShape.Hidden, 1, pooled.Length, NetworkShape.Hidden);
        foreach (ref var value in hidden)
        {
            value = MathF.Max(0, value);
        }

        var output = dense.AsSpan(DenseWeights.Output);
        var bias = dense.AsSpan(DenseWeights.OutputBias);
        return (bias[0] + NetworkLearner.Dot(hidden, output[..NetworkShape.Hidden]), bias[1] + NetworkLearner.Dot(hidden, output[NetworkShape.Hidden..]));
    }

    private void EnsureRoom()
    {
        if (Input.Length < Rows * WordSize)
        {
            var rows = Rows + (Rows / 4);
            Input = new float[rows * WordSize];
            for (var layer = 0; layer < Outputs.Length; layer++)
            {
                Filtered[layer] = new float[rows * Width];
                Outputs[layer] = new float[rows * Width];
            }
        }
    }
}

/// <summary>A window of a text of a batch, in blocks of words.</summary>
/// <param name="Kind">Which of <see cref="NetworkShape.WindowBlocks"/>.</param>
internal readonly record struct BatchWindow(int Text, int FromBlock, int ToBlock, int Kind);
