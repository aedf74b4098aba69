using LockLLM.Engine.Features;

namespace LockLLM.Engine.Models;

/// <summary>Names the kind of an attack that was found: a softmax over the same features, in fewer slots. Immutable.</summary>
internal sealed class CategoryModel
{
    public const int Slots = 1 << Bits;
    private const int Bits = 16;
    private readonly short[] _weights;
    private readonly float[] _biases;

    public CategoryModel(float scale, float[] biases, short[] weights)
    {
        Scale = scale;
        _biases = biases;
        _weights = weights;
    }

    /// <summary>Number of kinds, in the order of <see cref="ThreatCategory"/>; obfuscation is none of them, it is seen from the layers undone.</summary>
    public const int Classes = 5;

    public float Scale { get; }

    public ReadOnlySpan<float> Biases => _biases;

    public ReadOnlySpan<short> Weights => _weights;

    public static int Slot(uint index) => (int)(index >> (FeatureSchema.Bits - Bits));

    /// <summary>The likeliest kind of the attack that these features describe.</summary>
    public ThreatCategory Classify(ReadOnlySpan<uint> indices)
    {
        Span<long> sums = stackalloc long[Classes];
        sums.Clear();
        foreach (var index in indices)
        {
            var row = _weights.AsSpan(Slot(index) * Classes, Classes);
            for (var c = 0; c < Classes; c++)
            {
                sums[c] += row[c];
            }
        }

        var norm = Scale * LinearScale.Of(indices.Length);
        var best = 0;
        for (var c = 1; c < Classes; c++)
        {
            best = (sums[c] * norm) + _biases[c] > (sums[best] * norm) + _biases[best] ? c : best;
        }

        return (ThreatCategory)best;
    }
}
