using LockLLM.Engine.Network;

namespace LockLLM.Training.Learning;

/// <summary>The numbers that are learned.</summary>
internal sealed class NetworkWeights
{
    /// <summary>A vector for each slot.</summary>
    public float[] Table { get; } = new float[WordReader.Slots * NetworkShape.WordSize];

    /// <summary>All else, laid out as <see cref="DenseWeights"/> says.</summary>
    public float[] Dense { get; } = new float[DenseWeights.Count];

    /// <summary>Small random numbers to begin with, so that no sum explodes (He et al. 2015).</summary>
    public static NetworkWeights Random(int seed)
    {
        var weights = new NetworkWeights();
        var random = new Random(seed);
        Fill(weights.Table, 0.5f);
        for (var layer = 0; layer < NetworkShape.Dilations.Length; layer++)
        {
            for (var tap = 0; tap < NetworkShape.Taps; tap++)
            {
                Fill(weights.Dense.AsSpan(DenseWeights.Filter(layer, tap)), MathF.Sqrt(2f / (NetworkShape.Taps * NetworkShape.LayerInput(layer))) * (layer == 0 ? 1 : 0.5f));
            }
        }

        Fill(weights.Dense.AsSpan(DenseWeights.Pool), MathF.Sqrt(2f / (2 * NetworkShape.Width)));
        Fill(weights.Dense.AsSpan(DenseWeights.Output), MathF.Sqrt(1f / NetworkShape.Hidden));
        return weights;

        void Fill(Span<float> target, float deviation)
        {
            foreach (ref var value in target)
            {
                // A sum of four even numbers is near enough to a normal one.
                value = (random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2f) * deviation * MathF.Sqrt(3);
            }
        }
    }
}
