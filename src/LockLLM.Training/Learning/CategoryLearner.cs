using LockLLM.Engine;
using LockLLM.Engine.Features;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Learning;

/// <summary>Learns to name the kind of an attack: softmax regression with AdaGrad over the worst window of each attack.</summary>
internal sealed class CategoryLearner
{
    private const int Epochs = 3;
    private const float Rate = 0.3f;
    private readonly float[] _weights = new float[CategoryModel.Slots * CategoryModel.Classes];
    private readonly float[] _squares = new float[CategoryModel.Slots * CategoryModel.Classes];
    private readonly float[] _biases = new float[CategoryModel.Classes];

    public CategoryModel Learn(IEnumerable<Example> attacks, LinearLearner detector, int seed, CancellationToken cancellationToken)
    {
        var examples = attacks.Where(static example => example.IsAttack && KindOf(example) is not null).ToArray();
        var random = new Random(seed);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(examples);
            foreach (var example in examples)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Step(detector.WorstFeatures(example.Canonical), (int)KindOf(example)!.Value, Rate * (1f - (epoch / (float)Epochs)));
            }
        }

        var (scale, weights) = Quantizer.ToShorts(_weights);
        return new CategoryModel(scale, _biases, weights);
    }

    /// <summary>The kind that a corpus category stands for. None for encoded attacks: what is in them is not said.</summary>
    public static ThreatCategory? KindOf(Example example) => example.Category switch
    {
        "injection" => ThreatCategory.Injection,
        "jailbreak" => ThreatCategory.Jailbreak,
        "extraction" => ThreatCategory.SystemPromptExtraction,
        "tool_abuse" => ThreatCategory.ToolAbuse,
        "indirect" => ThreatCategory.RagInjection,
        _ => null,
    };

    private void Step(ReadOnlySpan<uint> features, int kind, float rate)
    {
        var norm = LinearScale.Of(features.Length);
        Span<float> odds = stackalloc float[CategoryModel.Classes];
        odds.Clear();
        foreach (var feature in features)
        {
            var row = _weights.AsSpan(CategoryModel.Slot(feature) * CategoryModel.Classes, CategoryModel.Classes);
            for (var c = 0; c < odds.Length; c++)
            {
                odds[c] += row[c];
            }
        }

        var total = 0f;
        for (var c = 0; c < odds.Length; c++)
        {
            odds[c] = MathF.Exp(Math.Clamp((odds[c] * norm) + _biases[c], -30, 30));
            total += odds[c];
        }

        Span<float> slopes = stackalloc float[CategoryModel.Classes];
        for (var c = 0; c < odds.Length; c++)
        {
            slopes[c] = (odds[c] / total) - (c == kind ? 1 : 0);
            _biases[c] -= 0.01f * rate * slopes[c];
            slopes[c] *= norm;
        }

        foreach (var feature in features)
        {
            var at = CategoryModel.Slot(feature) * CategoryModel.Classes;
            for (var c = 0; c < slopes.Length; c++)
            {
                _squares[at + c] += slopes[c] * slopes[c];
                _weights[at + c] -= rate * slopes[c] / (MathF.Sqrt(_squares[at + c]) + 1e-6f);
            }
        }
    }
}
