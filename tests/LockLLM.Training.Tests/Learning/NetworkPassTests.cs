using CsCheck;
using LockLLM.Engine.Network;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Tests.Learning;

/// <summary>The engine reads in small pieces and small numbers what training learns on whole texts.</summary>
public class NetworkPassTests
{
    private static readonly NetworkLearner s_learner = new(new NetworkSettings { Seed = 5 });
    private static readonly SentenceNetwork s_network = s_learner.ToNetwork();

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(33)]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(700)]
    public void Windows_score_as_in_training(int words)
    {
        var text = string.Concat(Enumerable.Range(0, words).Select(static number => $"w{number * 7919 % 1009}{(number % 9 == 0 ? ". " : " ")}"));
        var reader = new WordReader();
        reader.Read(text);
        var batch = new NetworkBatch();
        batch.Add(reader, 0, reader.Count, random: null, dropout: 0);
        var weights = Shipped();
        batch.Forward(weights);
        var expected = batch.Windows(0).Select(window => (window.Kind, batch.ScoreWindow(weights, window))).ToList();

        for (var head = 0; head < 2; head++)
        {
            var windows = new List<NetworkWindow>();
            new NetworkPass(s_network).Run(text, head, windows);
            Assert.Equal(expected.Count, windows.Count);
            foreach (var ((kind, (user, document)), found) in expected.Zip(windows))
            {
                Assert.Equal(kind, found.Kind);
                Assert.Equal(head == 0 ? user : document, found.Score, 1e-3f);
            }
        }
    }

    [Fact]
    public void Windows_of_a_length_overlap_by_half_and_cover_the_text()
    {
        var text = string.Concat(Enumerable.Repeat("eight words make up each line of this\n", 60));
        var windows = new List<NetworkWindow>();
        new NetworkPass(s_network).Run(text, 0, windows);
        Assert.Equal(2, windows.Select(static window => window.Kind).Distinct().Count());
        foreach (var kind in windows.GroupBy(static window => window.Kind))
        {
            Assert.Equal(0, kind.First().From);
            Assert.Equal(text.Length, kind.Last().To);
            Assert.All(kind.Zip(kind.Skip(1)), static pair => Assert.InRange(pair.Second.From, pair.First.From + 1, (pair.First.From + pair.First.To + 1) / 2));
        }
    }

    [Fact]
    public void No_text_throws_and_what_was_read_before_does_not_matter()
    {
        var reused = new NetworkPass(s_network);
        Gen.String[0, 2000].Sample(text =>
        {
            List<NetworkWindow> one = [], other = [];
            reused.Run(text, 1, one);
            new NetworkPass(s_network).Run(text, 1, other);
            Assert.Equal(other, one);
            Assert.Equal(text.Length == 0, one.Count == 0);
            Assert.All(one, static window => Assert.True(float.IsFinite(window.Score)));
        }, threads: 1, iter: 200);
    }

    /// <summary>The weights as they are after rounding.</summary>
    private static NetworkWeights Shipped()
    {
        var weights = NetworkWeights.Random(5);
        for (var i = 0; i < weights.Table.Length; i++)
        {
            weights.Table[i] = s_network.Table[i] * s_network.Scales[i / NetworkShape.WordSize];
        }

        return weights;
    }
}
