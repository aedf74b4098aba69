using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LockLLM.Engine.Network;

/// <summary>
/// A matrix of weights in whole numbers of 16 bits, each column in steps of its own, and its product with rows that are quantized the same
/// way (Jacob et al. 2018, with twice the bits). A processor multiplies twice as many of these at once as of single-precision numbers, and
/// their sums are exact. Immutable.
/// </summary>
/// <remarks>
/// A row's numbers reach to <see cref="MaxNumber"/>, and a column's add up to at most <see cref="MaxColumnSum"/>, so that no sum of products leaves
/// 32 bits, whatever was read.
/// </remarks>
internal sealed class QuantizedMatrix
{
    /// <summary>Columns are a multiple of this.</summary>
    public const int ColumnStep = 48;

    /// <summary>Widths of rows are a multiple of this.</summary>
    public const int WidthStep = 16;

    private const int MaxNumber = 8191;
    private const int MaxColumnSum = int.MaxValue / MaxNumber;

    // Rows in pairs: the two numbers of a column lie side by side, as the instruction wants them.
    private readonly short[] _pairs;
    private readonly float[] _steps;
    private readonly int _inner;

    /// <param name="weights">Rows one after another.</param>
    /// <param name="inner">Rows, a multiple of <see cref="WidthStep"/>.</param>
    /// <param name="columns">A multiple of <see cref="ColumnStep"/>.</param>
    public QuantizedMatrix(ReadOnlySpan<float> weights, int inner, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(inner % WidthStep, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % ColumnStep, 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, inner * columns);
        _inner = inner;
        _steps = new float[columns];
        _pairs = new short[inner * columns];
        for (var column = 0; column < columns; column++)
        {
            var (sum, max) = (0f, 0f);
            for (var row = 0; row < inner; row++)
            {
                var size = MathF.Abs(weights[(row * columns) + column]);
                (sum, max) = (sum + size, MathF.Max(max, size));
            }

            // Rounding adds at most a half for each row.
            _steps[column] = MathF.Max(sum / (MaxColumnSum - inner), max / short.MaxValue);
            for (var row = 0; row < inner && max > 0; row++)
            {
                _pairs[(row / 2 * columns * 2) + (column * 2) + (row % 2)] = (short)MathF.Round(weights[(row * columns) + column] / _steps[column]);
            }
        }
    }

    private int Columns => _steps.Length;

    /// <summary>Writes a row in whole numbers.</summary>
    /// <param name="row">Finite numbers, a multiple of <see cref="WidthStep"/>.</param>
    /// <param name="largest">The size of the largest of these; no sum stays in its range if one is larger.</param>
    /// <returns>What a step of these stands for; 0 for a row of zeros.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Quantize(ReadOnlySpan<float> row, float largest, Span<short> numbers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length % WidthStep, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(numbers.Length, row.Length);
        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(numbers);
        // Numbers so small that no step is small enough count as zeros.
        var scale = Vector256.Create(float.IsFinite(MaxNumber / largest) ? MaxNumber / largest : 0);
        for (nuint i = 0; i < (nuint)row.Length; i += 16)
        {
            var low = RoundToInt32(Vector256.LoadUnsafe(ref from, i) * scale);
            var high = RoundToInt32(Vector256.LoadUnsafe(ref from, i + 8) * scale);
            Vector256.NarrowWithSaturation(low, high).StoreUnsafe(ref to, i);
        }

        return largest / MaxNumber;
    }

    /// <summary>The nearest whole numbers, to even ones from the middle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> RoundToInt32(Vector256<float> values) =>
        Avx.IsSupported ? Avx.ConvertToVector256Int32(values) : Vector256.ConvertToInt32Native(Vector256.Round(values));

    /// <summary>Writes the product of rows with this matrix.</summary>
    /// <param name="rows">One after another, as <see cref="Quantize"/> writes them.</param>
    /// <param name="steps">The step of each row.</param>
    /// <param name="product">A row for each of these.</param>
    public void Multiply(ReadOnlySpan<short> rows, ReadOnlySpan<float> steps, Span<float> product)
    {
        var count = steps.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, count * _inner);
        ArgumentOutOfRangeException.ThrowIfNotEqual(product.Length, count * Columns);

        // Two numbers of a row at once, as one of 32 bits.
        ref var pairs = ref Unsafe.As<short, int>(ref MemoryMarshal.GetReference(rows));
        ref var step = ref MemoryMarshal.GetReference(steps);
        ref var target = ref MemoryMarshal.GetReference(product);
        var row = 0;
        for (; row + 4 <= count; row += 4)
        {
            ref var a = ref Unsafe.Add(ref pairs, row * _inner / 2);
            if (Avx512BW.IsSupported)
            {
                for (var column = 0; column < Columns; column += ColumnStep)
                {
                    Tile4x48(ref a, ref Unsafe.Add(ref step, row), column, ref Unsafe.Add(ref target, (row * Columns) + column));
                }
            }
            else
            {
                for (var column = 0; column < Columns; column += 16)
                {
                    Tile4x16(ref a, ref Unsafe.Add(ref step, row), column, ref Unsafe.Add(ref target, (row * Columns) + column));
                }
            }
        }

        for (; row < count; row++)
        {
            for (var column = 0; column < Columns; column += 16)
            {
                Tile1x16(ref Unsafe.Add(ref pairs, row * _inner / 2), ref Unsafe.Add(ref step, row), column, ref Unsafe.Add(ref target, (row * Columns) + column));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile4x48(ref int a, ref float step, int column, ref float c)
    {
        Vector512<int> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector512<int> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pairs), column * 2);
        var (pairs, next) = ((nint)_inner / 2, (nint)Columns * 2);
        for (var k = 0; k < pairs; k++)
        {
            // All products before their sums, in 28 of the 32 registers. Sums may go to any of the processor's units, products to half of them (AMD Zen 4);
            // taking turns, sums keep products waiting, and the whole takes a sixth longer.
            var b0 = Vector512.LoadUnsafe(ref b);
            var b1 = Vector512.LoadUnsafe(ref b, 32);
            var b2 = Vector512.LoadUnsafe(ref b, 64);
            var x = Vector512.Create(a).AsInt16();
            var p00 = Avx512BW.MultiplyAddAdjacent(x, b0);
            var p01 = Avx512BW.MultiplyAddAdjacent(x, b1);
            var p02 = Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(Unsafe.Add(ref a, pairs)).AsInt16();
            var p10 = Avx512BW.MultiplyAddAdjacent(x, b0);
            var p11 = Avx512BW.MultiplyAddAdjacent(x, b1);
            var p12 = Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(Unsafe.Add(ref a, 2 * pairs)).AsInt16();
            var p20 = Avx512BW.MultiplyAddAdjacent(x, b0);
            var p21 = Avx512BW.MultiplyAddAdjacent(x, b1);
            var p22 = Avx512BW.MultiplyAddAdjacent(x, b2);
            x = Vector512.Create(Unsafe.Add(ref a, 3 * pairs)).AsInt16();
            var p30 = Avx512BW.MultiplyAddAdjacent(x, b0);
            var p31 = Avx512BW.MultiplyAddAdjacent(x, b1);
            var p32 = Avx512BW.MultiplyAddAdjacent(x, b2);
            s00 += p00;
            s01 += p01;
            s02 += p02;
            s10 += p10;
            s11 += p11;
            s12 += p12;
            s20 += p20;
            s21 += p21;
            s22 += p22;
            s30 += p30;
            s31 += p31;
            s32 += p32;
            a = ref Unsafe.Add(ref a, 1);
            b = ref Unsafe.Add(ref b, next);
        }

        ref var scale = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_steps), column);
        var scale0 = Vector512.LoadUnsafe(ref scale);
        var scale1 = Vector512.LoadUnsafe(ref scale, 16);
        var scale2 = Vector512.LoadUnsafe(ref scale, 32);
        Store(ref c, s00, s01, s02, step);
        Store(ref Unsafe.Add(ref c, Columns), s10, s11, s12, Unsafe.Add(ref step, 1));
        Store(ref Unsafe.Add(ref c, 2 * Columns), s20, s21, s22, Unsafe.Add(ref step, 2));
        Store(ref Unsafe.Add(ref c, 3 * Columns), s30, s31, s32, Unsafe.Add(ref step, 3));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store(ref float c, Vector512<int> first, Vector512<int> second, Vector512<int> third, float step)
        {
            (Vector512.ConvertToSingle(first) * (scale0 * step)).StoreUnsafe(ref c);
            (Vector512.ConvertToSingle(second) * (scale1 * step)).StoreUnsafe(ref c, 16);
            (Vector512.ConvertToSingle(third) * (scale2 * step)).StoreUnsafe(ref c, 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile4x16(ref int a, ref float step, int column, ref float c)
    {
        Vector256<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pairs), column * 2);
        var (pairs, next) = (_inner / 2, Columns * 2);
        for (var k = 0; k < pairs; k++)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 16);
            var x = Vector256.Create(a).AsInt16();
            s00 += MultiplyAddAdjacent(x, b0);
            s01 += MultiplyAddAdjacent(x, b1);
            x = Vector256.Create(Unsafe.Add(ref a, pairs)).AsInt16();
            s10 += MultiplyAddAdjacent(x, b0);
            s11 += MultiplyAddAdjacent(x, b1);
            x = Vector256.Create(Unsafe.Add(ref a, 2 * pairs)).AsInt16();
            s20 += MultiplyAddAdjacent(x, b0);
            s21 += MultiplyAddAdjacent(x, b1);
            x = Vector256.Create(Unsafe.Add(ref a, 3 * pairs)).AsInt16();
            s30 += MultiplyAddAdjacent(x, b0);
            s31 += MultiplyAddAdjacent(x, b1);
            a = ref Unsafe.Add(ref a, 1);
            b = ref Unsafe.Add(ref b, next);
        }

        ref var scale = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_steps), column);
        var scale0 = Vector256.LoadUnsafe(ref scale);
        var scale1 = Vector256.LoadUnsafe(ref scale, 8);
        Store(ref c, s00, s01, scale0 * step, scale1 * step);
        Store(ref Unsafe.Add(ref c, Columns), s10, s11, scale0 * Unsafe.Add(ref step, 1), scale1 * Unsafe.Add(ref step, 1));
        Store(ref Unsafe.Add(ref c, 2 * Columns), s20, s21, scale0 * Unsafe.Add(ref step, 2), scale1 * Unsafe.Add(ref step, 2));
        Store(ref Unsafe.Add(ref c, 3 * Columns), s30, s31, scale0 * Unsafe.Add(ref step, 3), scale1 * Unsafe.Add(ref step, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile1x16(ref int a, ref float step, int column, ref float c)
    {
        Vector256<int> s00 = default, s01 = default;
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pairs), column * 2);
        var (pairs, next) = (_inner / 2, Columns * 2);
        for (var k = 0; k < pairs; k++)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 16);
            var x = Vector256.Create(a).AsInt16();
            s00 += MultiplyAddAdjacent(x, b0);
            s01 += MultiplyAddAdjacent(x, b1);
            a = ref Unsafe.Add(ref a, 1);
            b = ref Unsafe.Add(ref b, next);
        }

        ref var scale = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_steps), column);
        var scale0 = Vector256.LoadUnsafe(ref scale);
        var scale1 = Vector256.LoadUnsafe(ref scale, 8);
        Store(ref c, s00, s01, scale0 * step, scale1 * step);
    }

    /// <summary>The sums of the products of neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> MultiplyAddAdjacent(Vector256<short> left, Vector256<short> right)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(left, right);
        }

        var (a, b) = (left.AsInt32(), right.AsInt32());
        return ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float c, Vector256<int> first, Vector256<int> second, Vector256<float> firstScale, Vector256<float> secondScale)
    {
        (Vector256.ConvertToSingle(first) * firstScale).StoreUnsafe(ref c);
        (Vector256.ConvertToSingle(second) * secondScale).StoreUnsafe(ref c, 8);
    }
}
