using LockLLM.Engine.Network;

namespace LockLLM.Engine.Tests.Network;

public sealed class FilterLayerTests
{
    private const int Width = NetworkShape.Width;
    private static readonly float[] s_dense = Numbers(3, DenseWeights.Count, 0.4f);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(0, 70)]
    [InlineData(1, 2)]
    [InlineData(1, 9)]
    [InlineData(1, 96)]
    [InlineData(2, 1)]
    [InlineData(2, 17)]
    [InlineData(2, 270)]
    public void Says_what_plain_filters_say(int layer, int words)
    {
        var size = NetworkShape.LayerInput(layer);
        var input = new float[(FilterLayer.RowsBefore + words + FilterLayer.RowsAfter) * size];
        Numbers(words, words * size, 2).CopyTo(input, FilterLayer.RowsBefore * size);
        var output = Numbers(9, (FilterLayer.RowsBefore + words + FilterLayer.RowsAfter) * Width, 1);
        new FilterLayer(s_dense, layer).Run(input, output, words, new FilterBuffers());

        Assert.All(output[..(FilterLayer.RowsBefore * Width)], static value => Assert.Equal(0, value));
        Assert.All(output[((FilterLayer.RowsBefore + words) * Width)..], static value => Assert.Equal(0, value));
        for (var word = 0; word < words; word++)
        {
            for (var column = 0; column < Width; column++)
            {
                Assert.Equal(Plain(layer, input, word, column), output[((FilterLayer.RowsBefore + word) * Width) + column], 0.01);
            }
        }
    }

    [Fact]
    public void Its_buffers_hold_nothing_once_they_are_cleared()
    {
        var buffers = new FilterBuffers();
        var input = Numbers(4, (FilterLayer.RowsBefore + 40 + FilterLayer.RowsAfter) * NetworkShape.WordSize, 1);
        new FilterLayer(s_dense, 0).Run(input, new float[(FilterLayer.RowsBefore + 40 + FilterLayer.RowsAfter) * Width], 40, buffers);
        buffers.Clear();
        Assert.All(buffers.Numbers, static number => Assert.Equal(0, number));
        Assert.All(buffers.Products, static number => Assert.Equal(0, number));
        Assert.All([.. buffers.Mixed, .. buffers.Largest, .. buffers.Steps], static number => Assert.Equal(0, number));
    }

    private static double Plain(int layer, float[] input, int word, int column)
    {
        var size = NetworkShape.LayerInput(layer);
        double sum = s_dense[DenseWeights.FilterBias(layer)][column];
        for (var tap = 0; tap < NetworkShape.Taps; tap++)
        {
            var filter = s_dense.AsSpan(DenseWeights.Filter(layer, tap));
            var row = FilterLayer.RowsBefore + word + ((tap - 1) * NetworkShape.Dilations[layer]);
            for (var i = 0; i < size; i++)
            {
                sum += input[(row * size) + i] * (double)filter[(i * Width) + column];
            }
        }

        return Math.Max(0, sum) + (layer == 0 ? 0 : input[((FilterLayer.RowsBefore + word) * size) + column]);
    }

    private static float[] Numbers(int seed, int count, float size)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * size)];
    }
}
