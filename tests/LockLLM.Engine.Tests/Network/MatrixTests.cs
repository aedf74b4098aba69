using LockLLM.Engine.Network;

namespace LockLLM.Engine.Tests.Network;

public sealed class MatrixTests
{
    [Theory]
    [InlineData(1, 5, 32)]
    [InlineData(7, 64, 96)]
    [InlineData(8, 3, 64)]
    [InlineData(29, 17, 96)]
    [InlineData(64, 96, 32)]
    public void Adds_the_product_of_rows_and_columns(int rows, int inner, int columns)
    {
        var (a, b, c) = (Numbers(rows * inner, 1), Numbers(inner * columns, 2), Numbers(rows * columns, 3));
        var expected = Expected(rows, inner, columns, c, (m, k) => a[(m * inner) + k], b);
        Matrix.AddProduct(a, inner, 1, b, columns, c, columns, rows, inner, columns);
        AssertClose(expected, c);
    }

    [Theory]
    [InlineData(13, 40, 64)]
    [InlineData(96, 9, 96)]
    public void Reads_a_transposed_matrix(int rows, int inner, int columns)
    {
        var (a, b, c) = (Numbers(rows * inner, 4), Numbers(inner * columns, 5), Numbers(rows * columns, 6));
        var expected = Expected(rows, inner, columns, c, (m, k) => a[(k * rows) + m], b);
        Matrix.AddProduct(a, 1, rows, b, columns, c, columns, rows, inner, columns);
        AssertClose(expected, c);
    }

    [Fact]
    public void Refuses_matrices_that_are_too_small()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix.AddProduct(new float[9], 10, 1, new float[320], 32, new float[32], 32, 1, 10, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix.AddProduct(new float[10], 10, 1, new float[319], 32, new float[32], 32, 1, 10, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix.AddProduct(new float[10], 10, 1, new float[320], 32, new float[31], 32, 1, 10, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix.AddProduct(new float[10], 10, 1, new float[330], 33, new float[33], 33, 1, 10, 33));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(96)]
    public void Adds_a_row_times_a_factor(int size)
    {
        var row = Numbers(size, 7);
        var target = Numbers(size, 8);
        var expected = target.Zip(row, static (was, added) => was + (added * 0.3f)).ToArray();
        Matrix.AddScaled(row, 0.3f, target);
        AssertClose(expected, target);
    }

    private static float[] Expected(int rows, int inner, int columns, float[] before, Func<int, int, float> a, float[] b)
    {
        var result = before.ToArray();
        for (var m = 0; m < rows; m++)
        {
            for (var n = 0; n < columns; n++)
            {
                for (var k = 0; k < inner; k++)
                {
                    result[(m * columns) + n] += a(m, k) * b[(k * columns) + n];
                }
            }
        }

        return result;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-4f);
        }
    }
}
