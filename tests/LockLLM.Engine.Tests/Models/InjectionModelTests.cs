using CsCheck;
using LockLLM.Engine.Features;
using LockLLM.Engine.Models;

namespace LockLLM.Engine.Tests.Models;

public sealed class InjectionModelTests
{
    private static readonly InjectionModel s_model = InjectionModel.LoadShipped();

    [Fact]
    public void The_sum_at_a_character_is_that_of_all_features_up_to_it() => Gen.Select(Gen.String[0, 600], Gen.Int[0, 1], Gen.Int).Sample(static (text, head, before) =>
    {
        var extractor = new FeatureExtractor();
        extractor.Extract(text);
        var sums = new int[text.Length];
        var total = s_model.Accumulate(extractor.Indices, extractor.Ends, head, before, sums);
        for (var i = 0; i < text.Length; i++)
        {
            var expected = before;
            foreach (var slot in extractor.Indices[..extractor.Ends[i]])
            {
                expected = unchecked(expected + s_model.Weights[((int)slot * InjectionModel.HeadCount) + head]);
            }

            Assert.Equal(expected, sums[i]);
        }

        Assert.Equal(text.Length == 0 ? before : sums[^1], total);
    }, iter: 200);
}
