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

    /// <summary>One that knows no kinds yet.</summary>
    public static CategoryModel None => new(1, new float[Classes], new short[Slots * Classes]);

    public float Scale { get; }

    public ReadOnlySpan<float> Biases => _biases;

    public ReadOnlySpan<short> Weights => _weights;

    public static int Slot(uint index) => (int)(index >> (FeatureSchema.Bits - Bits));

    /// <summary>Adds what features say for each kind.</summary>
    /// <param name="indices">Slots of the features.</param>
    /// <param name="votes">One sum for each kind, zero at first.</param>
    public void Add(ReadOnlySpan<uint> indices, Span<long> votes)
    {
        foreach (var index in indices)
        {
            var row = _weights.AsSpan(Slot(index) * Classes, Classes);
            for (var c = 0; c < Classes; c++)
            {
                votes[c] += row[c];
            }
        }
    }

    /// <summary>The likeliest kind of the attack that so many features voted on.</summary>
    public ThreatCategory Likeliest(ReadOnlySpan<long> votes, int features)
    {
        var norm = Scale * LinearScale.Of(features);
        var best = 0;
        for (var c = 1; c < Classes; c++)
        {
            best = (votes[c] * norm) + _biases[c] > (votes[best] * norm) + _biases[best] ? c : best;
        }

        return (ThreatCategory)best;
    }
}
