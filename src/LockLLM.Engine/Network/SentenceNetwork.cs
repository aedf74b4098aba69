using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LockLLM.Engine.Network;

/// <summary>
/// The weights of a small convolutional network that reads words in their surroundings (Collobert et al. 2011): a vector
/// for each hashed part of a word, three layers of filters, and two scores for each window. Immutable.
/// </summary>
internal sealed class SentenceNetwork
{
    /// <summary>Windows that are scored at once at most.</summary>
    public const int MaxWindows = 8;

    private readonly ReadOnlyMemory<sbyte> _table;
    private readonly float[] _scales;
    private readonly float[] _dense;
    private readonly FilterLayer[] _layers;

    /// <param name="table">For each slot its vector, in steps of the slot's scale.</param>
    /// <param name="scales">For each slot what a step stands for.</param>
    /// <param name="dense">All else, laid out as <see cref="DenseWeights"/> says.</param>
    public SentenceNetwork(ReadOnlyMemory<sbyte> table, float[] scales, float[] dense)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(table.Length, WordReader.Slots * NetworkShape.WordSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, WordReader.Slots);
        ArgumentOutOfRangeException.ThrowIfNotEqual(dense.Length, DenseWeights.Count);
        (_table, _scales, _dense) = (table, scales, dense);
        _layers = [.. Enumerable.Range(0, NetworkShape.Dilations.Length).Select(layer => new FilterLayer(dense, layer))];
    }

    public ReadOnlySpan<sbyte> Table => _table.Span;

    public ReadOnlySpan<float> Scales => _scales;

    public ReadOnlySpan<float> Dense => _dense;

    /// <summary>In the order of the network.</summary>
    public ReadOnlySpan<FilterLayer> Layers => _layers;

    /// <summary>Fetches the vectors of a word that will be read soon.</summary>
    public void Fetch(ReadOnlySpan<ushort> slots)
    {
        var table = _table.Span;
        foreach (var slot in slots)
        {
            ref readonly var row = ref table[slot * NetworkShape.WordSize];
            Prefetch.Line(in row);
            Prefetch.Line(in table[(slot * NetworkShape.WordSize) + NetworkShape.WordSize - 1]);
            Prefetch.Line(in _scales[slot]);
        }
    }

    /// <summary>Writes the sum of the vectors of a word's slots, over the square root of their number.</summary>
    /// <param name="target"><see cref="NetworkShape.WordSize"/> numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ReadWord(ReadOnlySpan<ushort> slots, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, NetworkShape.WordSize);
        ref var table = ref MemoryMarshal.GetReference(_table.Span);
        ref var to = ref MemoryMarshal.GetReference(target);
        var norm = 1f / MathF.Sqrt(Math.Max(1, slots.Length));
        // Eight times eight numbers: NetworkShape.WordSize.
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default, sum6 = default, sum7 = default;
        foreach (var slot in slots)
        {
            ref var from = ref Unsafe.Add(ref table, slot * NetworkShape.WordSize);
            var scale = Vector256.Create(_scales[slot] * norm);
            sum0 = Vector256.MultiplyAddEstimate(Widen(ref from), scale, sum0);
            sum1 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 8)), scale, sum1);
            sum2 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 16)), scale, sum2);
            sum3 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 24)), scale, sum3);
            sum4 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 32)), scale, sum4);
            sum5 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 40)), scale, sum5);
            sum6 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 48)), scale, sum6);
            sum7 = Vector256.MultiplyAddEstimate(Widen(ref Unsafe.Add(ref from, 56)), scale, sum7);
        }

        sum0.StoreUnsafe(ref to);
        sum1.StoreUnsafe(ref to, 8);
        sum2.StoreUnsafe(ref to, 16);
        sum3.StoreUnsafe(ref to, 24);
        sum4.StoreUnsafe(ref to, 32);
        sum5.StoreUnsafe(ref to, 40);
        sum6.StoreUnsafe(ref to, 48);
        sum7.StoreUnsafe(ref to, 56);
    }

    /// <summary>Writes the scores of windows, log odds.</summary>
    /// <param name="pooled">For each window the maxima and the means of the last layer over it.</param>
    /// <param name="head">0 for users' text, 1 for documents and tool results.</param>
    /// <param name="scores">One for each window, at most <see cref="MaxWindows"/>.</param>
    [SkipLocalsInit]
    public void Score(ReadOnlySpan<float> pooled, int head, Span<float> scores)
    {
        const int Inner = 2 * NetworkShape.Width;
        Span<float> hidden = stackalloc float[MaxWindows * NetworkShape.Hidden];
        var dense = _dense.AsSpan();
        var poolBias = dense[DenseWeights.PoolBias];
        for (var window = 0; window < scores.Length; window++)
        {
            poolBias.CopyTo(hidden[(window * NetworkShape.Hidden)..]);
        }

        Matrix.AddProduct(pooled, Inner, 1, dense[DenseWeights.Pool], NetworkShape.Hidden, hidden, NetworkShape.Hidden, scores.Length, Inner, NetworkShape.Hidden);
        var output = dense[DenseWeights.Output].Slice(head * NetworkShape.Hidden, NetworkShape.Hidden);
        var outputBias = dense[DenseWeights.OutputBias][head];
        for (var window = 0; window < scores.Length; window++)
        {
            var score = outputBias;
            for (var i = 0; i < NetworkShape.Hidden; i++)
            {
                score += MathF.Max(0, hidden[(window * NetworkShape.Hidden) + i]) * output[i];
            }

            scores[window] = score;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(ref sbyte first)
    {
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(ref first))).AsSByte();
        return Vector256.ConvertToSingle(Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bytes) : WidenInTwo(Vector128.WidenLower(bytes)));

        static Vector256<int> WidenInTwo(Vector128<short> shorts) => Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts));
    }
}
