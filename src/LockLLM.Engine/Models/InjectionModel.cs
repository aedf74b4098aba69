using System.Runtime.CompilerServices;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Models;

/// <summary>
/// The trained detector: a language model to see through disguises, a network over words and a linear model over hashed features,
/// each with a head for users' text and one for documents and tool results, and a model that names the kind of attack. Immutable.
/// </summary>
internal sealed class InjectionModel
{
    /// <summary>Heads the linear model has.</summary>
    public const int HeadCount = 2;

    /// <summary>Characters whose sums are worked out together.</summary>
    private const int StepLength = 128;

    /// <summary>Features whose weights are fetched ahead of their turn.</summary>
    private const int Ahead = 48;

    private const string ResourceName = "LockLLM.Engine.Models.injection.model";
    private readonly ModelHead[] _heads;
    private readonly ReadOnlyMemory<short> _weights;

    /// <param name="name">At most 127 bytes of UTF-8.</param>
    /// <param name="weights">For each slot the weight of every head, side by side so that both lie in one cache line.</param>
    public InjectionModel(string name, CharacterModel language, ModelHead[] heads, ReadOnlyMemory<short> weights, SentenceNetwork network, CategoryModel categories)
    {
        Name = name;
        Language = language;
        _heads = heads;
        _weights = weights;
        Network = network;
        Categories = categories;
    }

    public string Name { get; }

    /// <summary>SHA-256 of the model file, in lower-case hexadecimal digits; empty for a model that came from no file.</summary>
    public string Checksum { get; init; } = "";

    public CharacterModel Language { get; }

    public SentenceNetwork Network { get; }

    public CategoryModel Categories { get; }

    public ReadOnlySpan<ModelHead> Heads => _heads;

    public ReadOnlySpan<short> Weights => _weights.Span;

    /// <summary>The model that this build ships with.</summary>
    public static InjectionModel LoadShipped()
    {
        using var stream = typeof(InjectionModel).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The build lacks its model, {ResourceName}.");
        return ModelFile.Read(stream, inPlace: true);
    }

    public static int HeadFor(Trust trust) => trust is Trust.Tool or Trust.Document ? 1 : 0;

    /// <summary>Goes on with running sums of a head's weights, one for each character.</summary>
    /// <param name="indices">Slots of the features of a piece of text.</param>
    /// <param name="ends">For each character of the piece the number of features completed with it.</param>
    /// <param name="head">Which head.</param>
    /// <param name="sum">The sum before the piece.</param>
    /// <param name="sums">For each character the sum up to and including its features. It may wrap; differences stay right.</param>
    /// <returns>The sum after the piece.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public int Accumulate(ReadOnlySpan<uint> indices, ReadOnlySpan<int> ends, int head, int sum, Span<int> sums)
    {
        // First all sums, then those of the characters: neither loop depends on how many features a character has, which no processor foretells.
        var weights = _weights.Span[head..];
        Span<int> running = stackalloc int[1 + FeatureExtractor.MostFeatures(StepLength)];
        var first = 0;
        for (int from = 0, to; from < ends.Length; from = to)
        {
            to = Math.Min(ends.Length, from + StepLength);
            var features = indices[first..ends[to - 1]];
            running[0] = sum;
            var coming = indices[Math.Min(indices.Length, first + Ahead)..];
            for (var i = 0; i < features.Length; i++)
            {
                if (i < coming.Length)
                {
                    Prefetch.Line(in weights[(int)(coming[i] * HeadCount)]);
                }

                sum += weights[(int)(features[i] * HeadCount)];
                running[i + 1] = sum;
            }

            for (var i = from; i < to; i++)
            {
                sums[i] = running[ends[i] - first];
            }

            first += features.Length;
        }

        return sum;
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
