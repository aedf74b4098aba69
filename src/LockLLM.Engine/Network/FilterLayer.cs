using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LockLLM.Engine.Network;

/// <summary>
/// A layer of filters over three words. Four words' outputs come from six products of matrices where they plainly take twelve: minimal
/// filtering F(4, 3) (Winograd 1980; Lavin and Gray 2016, whose matrices these are). Words <see cref="NetworkShape.Dilations"/> apart go together.
/// Immutable.
/// </summary>
internal sealed class FilterLayer
{
    /// <summary>Rows of zeros that stand before the first word, of input and output.</summary>
    public const int RowsBefore = NetworkShape.Reach;

    /// <summary>Rows of zeros that stand behind the last word: words go together in fours, and the last ones see further rows.</summary>
    public const int RowsAfter = (Outputs + 1) * NetworkShape.Reach;

    /// <summary>Products of matrices.</summary>
    public const int Products = 6;

    /// <summary>Rows of the products that are worked out together, so that mixtures and products stay in the first cache.</summary>
    public const int GroupRows = 8;

    private const int Outputs = 4;
    private const int Width = NetworkShape.Width;

    private readonly QuantizedMatrix[] _filters;
    private readonly float[] _bias;
    private readonly int _dilation;
    private readonly int _size;
    private readonly bool _addsInput;

    /// <param name="dense">Laid out as <see cref="DenseWeights"/> says.</param>
    public FilterLayer(ReadOnlySpan<float> dense, int layer)
    {
        _size = NetworkShape.LayerInput(layer);
        _dilation = NetworkShape.Dilations[layer];
        _addsInput = layer > 0;
        _bias = dense[DenseWeights.FilterBias(layer)].ToArray();
        var before = dense[DenseWeights.Filter(layer, 0)];
        var at = dense[DenseWeights.Filter(layer, 1)];
        var after = dense[DenseWeights.Filter(layer, 2)];
        _filters =
        [
            Mix(before, 1 / 4f, at, 0, after, 0),
            Mix(before, -1 / 6f, at, -1 / 6f, after, -1 / 6f),
            Mix(before, -1 / 6f, at, 1 / 6f, after, -1 / 6f),
            Mix(before, 1 / 24f, at, 1 / 12f, after, 1 / 6f),
            Mix(before, 1 / 24f, at, -1 / 12f, after, 1 / 6f),
            Mix(before, 0, at, 0, after, 1),
        ];
    }

    /// <summary>Filters words: what is above zero of the sums, and from the second layer on the input beside it.</summary>
    /// <param name="input">Rows of words, zeros around them.</param>
    /// <param name="output">The same for the outputs. The zeros around them are written too.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int words, FilterBuffers buffers)
    {
        var rows = (words + (Outputs * _dilation) - 1) / (Outputs * _dilation) * _dilation;
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, (RowsBefore + words + RowsAfter) * _size);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, (RowsBefore + words + RowsAfter) * Width);
        for (var from = 0; from < rows; from += GroupRows)
        {
            RunGroup(input, output, from, Math.Min(GroupRows, rows - from), buffers);
        }

        output[..(RowsBefore * Width)].Clear();
        output.Slice((RowsBefore + words) * Width, RowsAfter * Width).Clear();
    }

    private void RunGroup(ReadOnlySpan<float> input, Span<float> output, int from, int rows, FilterBuffers buffers)
    {
        for (var row = 0; row < rows; row++)
        {
            MixWords(input[((RowsBefore + FirstWord(from + row) - _dilation) * _size)..], buffers.Mixed, buffers.Largest);
            for (var k = 0; k < Products; k++)
            {
                var at = (k * rows) + row;
                buffers.Steps[at] = QuantizedMatrix.Quantize(buffers.Mixed.AsSpan(k * _size, _size), buffers.Largest[k], buffers.Numbers.AsSpan(at * _size, _size));
            }
        }

        for (var k = 0; k < Products; k++)
        {
            _filters[k].Multiply(buffers.Numbers.AsSpan(k * rows * _size, rows * _size), buffers.Steps.AsSpan(k * rows, rows), buffers.Products.AsSpan(k * rows * Width, rows * Width));
        }

        for (var row = 0; row < rows; row++)
        {
            var first = RowsBefore + FirstWord(from + row);
            WriteOutputs(buffers.Products.AsSpan(row * Width), rows * Width, input[(first * _size)..], output[(first * Width)..]);
        }
    }

    private int FirstWord(int row) => (row / _dilation * Outputs * _dilation) + (row % _dilation);

    /// <summary>Mixes six words, from the one before the first of four outputs to the one behind their last.</summary>
    /// <param name="largest">The size of the largest number of each mixture.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MixWords(ReadOnlySpan<float> words, Span<float> mixed, Span<float> largest)
    {
        var step = (nuint)(_dilation * _size);
        var size = (nuint)_size;
        ref var from = ref MemoryMarshal.GetReference(words[..((5 * _dilation * _size) + _size)]);
        ref var to = ref MemoryMarshal.GetReference(mixed[..(Products * _size)]);
        Vector256<float> max0 = default, max1 = default, max2 = default, max3 = default, max4 = default, max5 = default;
        for (nuint i = 0; i < size; i += 8)
        {
            var x0 = Vector256.LoadUnsafe(ref from, i);
            var x1 = Vector256.LoadUnsafe(ref from, i + step);
            var x2 = Vector256.LoadUnsafe(ref from, i + (2 * step));
            var x3 = Vector256.LoadUnsafe(ref from, i + (3 * step));
            var x4 = Vector256.LoadUnsafe(ref from, i + (4 * step));
            var x5 = Vector256.LoadUnsafe(ref from, i + (5 * step));
            max0 = Store((4 * x0) - (5 * x2) + x4, ref to, i, max0);
            var (even, odd) = (x4 - (4 * x2), x3 - (4 * x1));
            max1 = Store(even + odd, ref to, i + size, max1);
            max2 = Store(even - odd, ref to, i + (2 * size), max2);
            (even, odd) = (x4 - x2, 2 * (x3 - x1));
            max3 = Store(even + odd, ref to, i + (3 * size), max3);
            max4 = Store(even - odd, ref to, i + (4 * size), max4);
            max5 = Store((4 * x1) - (5 * x3) + x5, ref to, i + (5 * size), max5);
        }

        largest[5] = Largest(max5);
        largest[4] = Largest(max4);
        largest[3] = Largest(max3);
        largest[2] = Largest(max2);
        largest[1] = Largest(max1);
        largest[0] = Largest(max0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Store(Vector256<float> values, ref float to, nuint at, Vector256<float> max)
    {
        values.StoreUnsafe(ref to, at);
        return Vector256.MaxNative(max, Vector256.Abs(values));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(Vector256<float> values)
    {
        var four = Vector128.MaxNative(values.GetLower(), values.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two[0], two[1]);
    }

    /// <summary>Puts six products together to four outputs.</summary>
    /// <param name="next">From one product to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteOutputs(ReadOnlySpan<float> products, int next, ReadOnlySpan<float> input, Span<float> output)
    {
        var step = (nuint)(_dilation * Width);
        ref var from = ref MemoryMarshal.GetReference(products[..((5 * next) + Width)]);
        ref var before = ref MemoryMarshal.GetReference(input[..((3 * _dilation * _size) + _size)]);
        ref var to = ref MemoryMarshal.GetReference(output[..((3 * _dilation * Width) + Width)]);
        ref var bias = ref MemoryMarshal.GetArrayDataReference(_bias);
        for (nuint i = 0; i < Width; i += 8)
        {
            var b = Vector256.LoadUnsafe(ref bias, i);
            var m1 = Vector256.LoadUnsafe(ref from, i + (nuint)next);
            var m2 = Vector256.LoadUnsafe(ref from, i + (nuint)(2 * next));
            var m3 = Vector256.LoadUnsafe(ref from, i + (nuint)(3 * next));
            var m4 = Vector256.LoadUnsafe(ref from, i + (nuint)(4 * next));
            var (near, far, nearer, farther) = (m1 + m2, m3 + m4, m1 - m2, m3 - m4);
            var y0 = Vector256.MaxNative(Vector256<float>.Zero, b + Vector256.LoadUnsafe(ref from, i) + near + far);
            var y1 = Vector256.MaxNative(Vector256<float>.Zero, b + nearer + (2 * farther));
            var y2 = Vector256.MaxNative(Vector256<float>.Zero, b + near + (4 * far));
            var y3 = Vector256.MaxNative(Vector256<float>.Zero, b + nearer + (8 * farther) + Vector256.LoadUnsafe(ref from, i + (nuint)(5 * next)));
            if (_addsInput)
            {
                y0 += Vector256.LoadUnsafe(ref before, i);
                y1 += Vector256.LoadUnsafe(ref before, i + step);
                y2 += Vector256.LoadUnsafe(ref before, i + (2 * step));
                y3 += Vector256.LoadUnsafe(ref before, i + (3 * step));
            }

            y0.StoreUnsafe(ref to, i);
            y1.StoreUnsafe(ref to, i + step);
            y2.StoreUnsafe(ref to, i + (2 * step));
            y3.StoreUnsafe(ref to, i + (3 * step));
        }
    }

    private QuantizedMatrix Mix(ReadOnlySpan<float> before, float beforeShare, ReadOnlySpan<float> at, float atShare, ReadOnlySpan<float> after, float afterShare)
    {
        var mixed = new float[at.Length];
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] = (before[i] * beforeShare) + (at[i] * atShare) + (after[i] * afterShare);
        }

        return new QuantizedMatrix(mixed, _size, Width);
    }
}
