using System.Runtime.CompilerServices;
using LockLLM.Engine.Language;

namespace LockLLM.Engine.Models;

/// <summary>
/// The trained detector: a language model to see through disguises, a linear model over hashed features with a head
/// for users' text and one for documents and tool results, and a model that names the kind of attack. Immutable.
/// </summary>
internal sealed class InjectionModel
{
    /// <summary>Heads the linear model has.</summary>
    public const int HeadCount = 2;

    private const string ResourceName = "LockLLM.Engine.Models.injection.model";
    private readonly ModelHead[] _heads;
    private readonly short[] _weights;

    /// <param name="name">At most 127 bytes of UTF-8.</param>
    /// <param name="weights">For each slot the weight of every head, side by side so that both lie in one cache line.</param>
    public InjectionModel(string name, CharacterModel language, ModelHead[] heads, short[] weights, CategoryModel categories)
    {
        Name = name;
        Language = language;
        _heads = heads;
        _weights = weights;
        Categories = categories;
    }

    public string Name { get; }

    /// <summary>SHA-256 of the model file, in lower-case hexadecimal digits; empty for a model that came from no file.</summary>
    public string Checksum { get; init; } = "";

    public CharacterModel Language { get; }

    public CategoryModel Categories { get; }

    public ReadOnlySpan<ModelHead> Heads => _heads;

    public ReadOnlySpan<short> Weights => _weights;

    /// <summary>The model that this build ships with.</summary>
    public static InjectionModel LoadShipped()
    {
        using var stream = typeof(InjectionModel).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The build lacks its model, {ResourceName}.");
        return ModelFile.Read(stream);
    }

    public static int HeadFor(Trust trust) => trust is Trust.Tool or Trust.Document ? 1 : 0;

    /// <summary>Running sums of a head's weights: entry n holds the sum of the first n features.</summary>
    /// <remarks>Slots first, sums after, measured 1.6 to 2.2 times faster than in one loop. A sum may wrap; differences stay right.</remarks>
    [SkipLocalsInit]
    public void Accumulate(ReadOnlySpan<uint> indices, int head, Span<int> sums)
    {
        var weights = _weights.AsSpan(head);
        var sum = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            sums[i] = sum;
            sum += weights[(int)(indices[i] * HeadCount)];
        }

        sums[indices.Length] = sum;
    }
}

/// <summary>What a head has beside its weights.</summary>
internal sealed class ModelHead
{
    /// <summary>What a stored weight of one stands for.</summary>
    public required float Scale { get; init; }

    /// <summary>Log odds before any feature, for each window width.</summary>
    public required float[] Biases { get; init; }

    public required Calibration Calibration { get; init; }
}
