using LockLLM.Engine;
using LockLLM.Engine.Features;
using LockLLM.Engine.Language;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;

namespace LockLLM.Training.Learning;

/// <summary>What judges texts, as learned: a linear model for each head and the network.</summary>
internal sealed record LearnedDetector(LinearLearner[] Heads, NetworkLearner Network)
{
    private static readonly Trust[] s_heads = [Trust.User, Trust.Document];

    /// <summary>How much of the time the network takes.</summary>
    private const double NetworkShare = 0.75;

    /// <param name="progress">Told the share of the work done, 0 to 1, now and then.</param>
    public static LearnedDetector Learn(IReadOnlyList<Example> examples, int seed, Action<double> progress, CancellationToken cancellationToken)
    {
        var heads = new LinearLearner[s_heads.Length];
        var each = (1 - NetworkShare) / heads.Length;
        for (var head = 0; head < heads.Length; head++)
        {
            var done = head * each;
            heads[head] = new LinearLearner(s_heads[head], new LearnerSettings { Seed = seed });
            heads[head].Learn(examples, share => progress(done + (share * each)), cancellationToken);
        }

        var network = new NetworkLearner(new NetworkSettings { Seed = seed });
        network.Learn(examples, share => progress(1 - NetworkShare + (share * NetworkShare)), cancellationToken);
        return new LearnedDetector(heads, network);
    }

    /// <summary>The model as it is shipped.</summary>
    public InjectionModel ToModel(CharacterModel language, CategoryModel categories, IReadOnlyList<Calibration> calibrations)
    {
        var heads = new ModelHead[InjectionModel.HeadCount];
        var weights = new short[FeatureSchema.Slots * InjectionModel.HeadCount];
        for (var head = 0; head < heads.Length; head++)
        {
            var (scale, values) = Quantizer.ToShorts(Heads[head].Weights);
            heads[head] = new ModelHead { Scale = scale, Biases = Heads[head].Biases, Calibration = calibrations[head] };
            for (var slot = 0; slot < values.Length; slot++)
            {
                weights[(slot * InjectionModel.HeadCount) + head] = values[slot];
            }
        }

        return new InjectionModel("lockllm-3", language, heads, weights, Network.ToNetwork(), categories);
    }
}
