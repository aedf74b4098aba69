using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LockLLM.Engine.Network;

/// <summary>
/// The one product of matrices that the network and its training are made of, with the processor's widest vectors: tiles of rows and
/// columns whose sums stay in registers (Goto and van de Geijn 2008, without packing, since the matrices fit into the cache).
/// </summary>
internal static class Matrix
{
    /// <summary>Columns of a result are a multiple of this.</summary>
    public const int ColumnStep = 32;

    /// <summary>Adds a product to a matrix: C[m, n] += sum over k of A[m, k] B[k, n].</summary>
    /// <param name="a">A, with element (m, k) at <c>m * aRow + k * aColumn</c>, so that it may be transposed.</param>
    /// <param name="b">B, rows one after another at <paramref name="bRow"/>.</param>
    /// <param name="c">C, rows one after another at <paramref name="cRow"/>.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="inner">Columns of A, rows of B.</param>
    /// <param name="columns">Columns of B and C, a multiple of <see cref="ColumnStep"/>.</param>
    public static void AddProduct(ReadOnlySpan<float> a, int aRow, int aColumn, ReadOnlySpan<float> b, int bRow, Span<float> c, int cRow, int rows, int inner, int columns)
    {
        if (rows <= 0 || inner <= 0)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(columns % ColumnStep, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(a.Length, ((rows - 1) * aRow) + ((inner - 1) * aColumn) + 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(b.Length, ((inner - 1) * bRow) + columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(c.Length, ((rows - 1) * cRow) + columns);
        ref var aRef = ref MemoryMarshal.GetReference(a);
        ref var bRef = ref MemoryMarshal.GetReference(b);
        ref var cRef = ref MemoryMarshal.GetReference(c);
        var row = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; row + 8 <= rows; row += 8)
            {
                for (var column = 0; column < columns; column += 32)
                {
                    Tile8x32(ref Unsafe.Add(ref aRef, row * aRow), aRow, aColumn, ref Unsafe.Add(ref bRef, column), bRow, ref Unsafe.Add(ref cRef, (row * cRow) + column), cRow, inner);
                }
            }
        }

        for (; row + 4 <= rows; row += 4)
        {
            for (var column = 0; column < columns; column += 16)
            {
                Tile4x16(ref Unsafe.Add(ref aRef, row * aRow), aRow, aColumn, ref Unsafe.Add(ref bRef, column), bRow, ref Unsafe.Add(ref cRef, (row * cRow) + column), cRow, inner);
            }
        }

        for (; row < rows; row++)
        {
            for (var column = 0; column < columns; column += 32)
            {
                Tile1x32(ref Unsafe.Add(ref aRef, row * aRow), aColumn, ref Unsafe.Add(ref bRef, column), bRow, ref Unsafe.Add(ref cRef, (row * cRow) + column), inner);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x32(ref float a, int aRow, int aColumn, ref float b, int bRow, ref float c, int cRow, int inner)
    {
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        Vector512<float> s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default, s71 = default;
        ref var a4 = ref Unsafe.Add(ref a, 4 * aRow);
        for (var k = 0; k < inner; k++)
        {
            var b0 = Vector512.LoadUnsafe(ref b);
            var b1 = Vector512.LoadUnsafe(ref b, 16);
            var x = Vector512.Create(a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(Unsafe.Add(ref a, aRow));
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(Unsafe.Add(ref a, 2 * aRow));
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(Unsafe.Add(ref a, 3 * aRow));
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            x = Vector512.Create(a4);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            x = Vector512.Create(Unsafe.Add(ref a4, aRow));
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            x = Vector512.Create(Unsafe.Add(ref a4, 2 * aRow));
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
            x = Vector512.Create(Unsafe.Add(ref a4, 3 * aRow));
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
            a = ref Unsafe.Add(ref a, aColumn);
            a4 = ref Unsafe.Add(ref a4, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Add(ref c, s00, s01);
        Add(ref Unsafe.Add(ref c, cRow), s10, s11);
        Add(ref Unsafe.Add(ref c, 2 * cRow), s20, s21);
        Add(ref Unsafe.Add(ref c, 3 * cRow), s30, s31);
        Add(ref Unsafe.Add(ref c, 4 * cRow), s40, s41);
        Add(ref Unsafe.Add(ref c, 5 * cRow), s50, s51);
        Add(ref Unsafe.Add(ref c, 6 * cRow), s60, s61);
        Add(ref Unsafe.Add(ref c, 7 * cRow), s70, s71);

        static void Add(ref float c, Vector512<float> first, Vector512<float> second)
        {
            (Vector512.LoadUnsafe(ref c) + first).StoreUnsafe(ref c);
            (Vector512.LoadUnsafe(ref c, 16) + second).StoreUnsafe(ref c, 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x16(ref float a, int aRow, int aColumn, ref float b, int bRow, ref float c, int cRow, int inner)
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (var k = 0; k < inner; k++)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 8);
            var x = Vector256.Create(a);
            s00 = Vector256.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector256.MultiplyAddEstimate(x, b1, s01);
            x = Vector256.Create(Unsafe.Add(ref a, aRow));
            s10 = Vector256.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector256.MultiplyAddEstimate(x, b1, s11);
            x = Vector256.Create(Unsafe.Add(ref a, 2 * aRow));
            s20 = Vector256.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector256.MultiplyAddEstimate(x, b1, s21);
            x = Vector256.Create(Unsafe.Add(ref a, 3 * aRow));
            s30 = Vector256.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector256.MultiplyAddEstimate(x, b1, s31);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        Add(ref c, s00, s01);
        Add(ref Unsafe.Add(ref c, cRow), s10, s11);
        Add(ref Unsafe.Add(ref c, 2 * cRow), s20, s21);
        Add(ref Unsafe.Add(ref c, 3 * cRow), s30, s31);

        static void Add(ref float c, Vector256<float> first, Vector256<float> second)
        {
            (Vector256.LoadUnsafe(ref c) + first).StoreUnsafe(ref c);
            (Vector256.LoadUnsafe(ref c, 8) + second).StoreUnsafe(ref c, 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x32(ref float a, int aColumn, ref float b, int bRow, ref float c, int inner)
    {
        var s0 = Vector256.LoadUnsafe(ref c);
        var s1 = Vector256.LoadUnsafe(ref c, 8);
        var s2 = Vector256.LoadUnsafe(ref c, 16);
        var s3 = Vector256.LoadUnsafe(ref c, 24);
        for (var k = 0; k < inner; k++)
        {
            var x = Vector256.Create(a);
            s0 = Vector256.MultiplyAddEstimate(x, Vector256.LoadUnsafe(ref b), s0);
            s1 = Vector256.MultiplyAddEstimate(x, Vector256.LoadUnsafe(ref b, 8), s1);
            s2 = Vector256.MultiplyAddEstimate(x, Vector256.LoadUnsafe(ref b, 16), s2);
            s3 = Vector256.MultiplyAddEstimate(x, Vector256.LoadUnsafe(ref b, 24), s3);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, bRow);
        }

        s0.StoreUnsafe(ref c);
        s1.StoreUnsafe(ref c, 8);
        s2.StoreUnsafe(ref c, 16);
        s3.StoreUnsafe(ref c, 24);
    }

    /// <summary>Adds a row, times a factor, to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(ReadOnlySpan<float> row, float factor, Span<float> target)
    {
        target = target[..row.Length];
        var i = 0;
        var x = new Vector<float>(factor);
        for (; i + Vector<float>.Count <= row.Length; i += Vector<float>.Count)
        {
            Vector.MultiplyAddEstimate(new Vector<float>(row[i..]), x, new Vector<float>(target[i..])).CopyTo(target[i..]);
        }

        for (; i < row.Length; i++)
        {
            target[i] = float.MultiplyAddEstimate(row[i], factor, target[i]);
        }
    }
}
