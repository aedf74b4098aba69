using LockLLM.Training.Learning;

namespace LockLLM.Training.Tests.Learning;

public class QuantizerTests
{
    [Fact]
    public void The_largest_weight_becomes_the_largest_integer()
    {
        var (scale, values) = Quantizer.ToShorts([0.5f, -2f, 1f, 0f]);
        Assert.Equal([8192, -32767, 16384, 0], values.Select(static value => (int)value));
        Assert.Equal(-2f, values[1] * scale, 4);
    }

    [Fact]
    public void No_weight_moves_by_more_than_half_a_step()
    {
        var random = new Random(5);
        var weights = Enumerable.Range(0, 1000).Select(_ => (random.NextSingle() * 6) - 3).ToArray();
        var (scale, values) = Quantizer.ToShorts(weights);
        Assert.All(weights.Zip(values), pair => Assert.InRange(pair.First - (pair.Second * scale), -0.501f * scale, 0.501f * scale));
    }

    [Fact]
    public void Weights_that_are_all_zero_stay_zero() => Assert.Equal([0, 0], Quantizer.ToShorts([0f, 0f]).Values);
}
