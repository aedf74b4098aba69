namespace LockLLM.Engine.Network;

/// <summary>
/// The weights of a small convolutional network that reads words in their surroundings (Collobert et al. 2011): a vector
/// for each hashed part of a word, three layers of filters, and two scores for each window. Immutable.
/// </summary>
internal sealed class SentenceNetwork
{
    private readonly ReadOnlyMemory<sbyte> _table;
    private readonly float[] _scales;
    private readonly float[] _dense;

    /// <param name="table">For each slot its vector, in steps of the slot's scale.</param>
    /// <param name="scales">For each slot what a step stands for.</param>
    /// <param name="dense">All else, laid out as <see cref="DenseWeights"/> says.</param>
    public SentenceNetwork(ReadOnlyMemory<sbyte> table, float[] scales, float[] dense)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(table.Length, WordReader.Slots * NetworkShape.WordSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, WordReader.Slots);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dense.Length, DenseWeights.Count);
        (_table, _scales, _dense) = (table, scales, dense);
    }

    public ReadOnlySpan<sbyte> Table => _table.Span;

    public ReadOnlySpan<float> Scales => _scales;

    public ReadOnlySpan<float> Dense => _dense;

    /// <summary>Adds the vectors of a word's slots, over the square root of their number.</summary>
    public void AddWord(ReadOnlySpan<ushort> slots, Span<float> target)
    {
        var norm = 1f / MathF.Sqrt(Math.Max(1, slots.Length));
        var table = _table.Span;
        foreach (var slot in slots)
        {
            Matrix.AddScaled(table.Slice(slot * NetworkShape.WordSize, NetworkShape.WordSize), _scales[slot] * norm, target);
        }
    }

    /// <summary>The score of a window, log odds.</summary>
    /// <param name="pooled">Maxima and means of the last layer over the window.</param>
    /// <param name="head">0 for users' text, 1 for documents and tool results.</param>
    public float Score(ReadOnlySpan<float> pooled, int head)
    {
        Span<float> hidden = stackalloc float[NetworkShape.Hidden];
        var dense = _dense.AsSpan();
        dense[DenseWeights.PoolBias].CopyTo(hidden);
        Matrix.AddProduct(pooled, pooled.Length, 1, dense[DenseWeights.Pool], NetworkShape.Hidden, hidden, NetworkShape.Hidden, 1, pooled.Length, NetworkShape.Hidden);
        var output = dense[DenseWeights.Output].Slice(head * NetworkShape.Hidden, NetworkShape.Hidden);
        var score = dense[DenseWeights.OutputBias][head];
        for (var i = 0; i < hidden.Length; i++)
        {
            score += MathF.Max(0, hidden[i]) * output[i];
        }

        return score;
    }
}
