using LockLLM.Engine.Language;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Tests.Learning;

public class CharacterModelLearnerTests
{
    private static readonly CharacterModel s_model = Learn("the cat sat on the mat and the dog sat on the log", "a rose is a rose is a rose");

    [Fact]
    public void Probabilities_after_every_context_sum_to_one()
    {
        for (var context = 0; context < CharacterModel.Contexts; context++)
        {
            var sum = Enumerable.Range(0, CharacterModel.Symbols).Sum(symbol => Math.Pow(2, -s_model.Cost(context, symbol) / 16.0));

            // Costs are whole sixteenths of a bit, so each probability is up to 2.2 % off.
            Assert.InRange(sum, 0.975, 1.025);
        }
    }

    [Fact]
    public void What_was_read_costs_less_than_what_was_not()
    {
        var (known, cipher) = (CostOf("the dog sat on the mat"), CostOf("gur qbt fng ba gur zng"));
        Assert.True(known * 2 < cipher, $"{known} against {cipher}");
    }

    [Fact]
    public void Without_a_text_every_symbol_is_as_likely_as_any() =>
        Assert.All(Learn().Costs.ToArray(), static cost => Assert.Equal((byte)Math.Round(16 * Math.Log2(CharacterModel.Symbols)), cost));

    private static int CostOf(string text)
    {
        var symbols = new byte[text.Length];
        var itself = Enumerable.Range(0, CharacterModel.Symbols).Select(static symbol => (byte)symbol).ToArray();
        return s_model.CostOf(symbols.AsSpan(0, CharacterModel.ReadSymbols(text, symbols)), itself);
    }

    private static CharacterModel Learn(params string[] texts)
    {
        var learner = new CharacterModelLearner();
        foreach (var text in texts)
        {
            learner.Add(text);
        }

        return learner.Learn();
    }
}
