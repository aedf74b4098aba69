using CsCheck;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Tests.Network;

public sealed class QuantizedMatrixTests
{
    [Theory]
    [InlineData(1, 16, 48)]
    [InlineData(4, 64, 96)]
    [InlineData(7, 96, 144)]
    [InlineData(8, 96, 96)]
    [InlineData(29, 64, 96)]
    public void Multiplies_rows_and_columns_as_single_precision_does(int rows, int inner, int columns)
    {
        var random = new Random(rows);
        var a = Numbers(random, rows * inner, 3);
        var b = Numbers(random, inner * columns, 0.5f);
        var found = Multiply(a, b, rows, inner, columns);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var (expected, sizes) = (0.0, 0.0);
                for (var k = 0; k < inner; k++)
                {
                    var product = (double)a[(row * inner) + k] * b[(k * columns) + column];
                    (expected, sizes) = (expected + product, sizes + Math.Abs(product));
                }

                Assert.Equal(expected, found[(row * columns) + column], sizes / 2000);
            }
        }
    }

    [Fact]
    public void No_numbers_overflow_a_sum()
    {
        // The worst that rows and columns can hold: all at the ends of their ranges, all of one sign.
        foreach (var sign in (float[])[1, -1])
        {
            var a = Enumerable.Repeat(1e6f * sign, 8 * 96).ToArray();
            var b = Enumerable.Repeat(1e-3f, 96 * 48).ToArray();
            Assert.All(Multiply(a, b, 8, 96, 48), value => Assert.Equal(96_000 * sign, value, 96f));
        }
    }

    [Fact]
    public void A_row_of_zeros_stays_one_and_a_column_of_zeros_too()
    {
        Assert.All(Multiply(new float[4 * 16], Numbers(new Random(1), 16 * 48, 1), 4, 16, 48), static value => Assert.Equal(0, value));
        Assert.All(Multiply(Numbers(new Random(2), 4 * 16, 1), new float[16 * 48], 4, 16, 48), static value => Assert.Equal(0, value));
    }

    [Fact]
    public void Quantized_numbers_lie_half_a_step_from_their_origin() => Gen.Float[-1e4f, 1e4f].Array[32].Sample(static row =>
    {
        var numbers = new short[32];
        var step = QuantizedMatrix.Quantize(row, row.Max(MathF.Abs), numbers);
        for (var i = 0; i < row.Length; i++)
        {
            Assert.Equal(row[i], numbers[i] * step, (step * 0.5f) + (MathF.Abs(row[i]) * 1e-5f));
        }
    });

    [Fact]
    public void Refuses_sizes_that_do_not_fit()
    {
        var matrix = new QuantizedMatrix(new float[16 * 48], 16, 48);
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizedMatrix(new float[15 * 48], 15, 48));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizedMatrix(new float[16 * 32], 16, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizedMatrix(new float[16 * 47], 16, 48));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Multiply(new short[15], new float[1], new float[48]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Multiply(new short[16], new float[1], new float[47]));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizedMatrix.Quantize(new float[15], 0, new short[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizedMatrix.Quantize(new float[16], 0, new short[15]));
    }

    private static float[] Multiply(float[] a, float[] b, int rows, int inner, int columns)
    {
        var numbers = new short[rows * inner];
        var steps = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var values = a[(row * inner)..((row + 1) * inner)];
            steps[row] = QuantizedMatrix.Quantize(values, values.Max(MathF.Abs), numbers.AsSpan(row * inner));
        }

        var product = new float[rows * columns];
        new QuantizedMatrix(b, inner, columns).Multiply(numbers, steps, product);
        return product;
    }

    private static float[] Numbers(Random random, int count, float size) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * size)];
}
