using LockLLM.Engine.Language;

namespace LockLLM.Training.Learning;

/// <summary>Counts letters in context and turns the counts into a <see cref="CharacterModel"/> (Witten-Bell interpolation, 1991).</summary>
internal sealed class CharacterModelLearner
{
    private readonly int[][] _counts = [.. Enumerable.Range(1, Order).Select(n => new int[(int)Math.Pow(CharacterModel.Symbols, n)])];
    private const int Order = 4;

    public void Add(ReadOnlySpan<char> text)
    {
        int context = CharacterModel.Start, last = CharacterModel.Gap;
        foreach (var character in text)
        {
            var symbol = CharacterModel.Symbol(character);
            if (symbol == CharacterModel.Gap && last == CharacterModel.Gap)
            {
                continue;
            }

            var gram = (context * CharacterModel.Symbols) + symbol;
            for (var n = Order; n >= 1; n--)
            {
                _counts[n - 1][gram % _counts[n - 1].Length]++;
            }

            context = CharacterModel.Next(context, symbol);
            last = symbol;
        }
    }

    public CharacterModel Learn()
    {
        const int symbols = CharacterModel.Symbols;
        var lower = Enumerable.Repeat(1.0 / symbols, symbols).ToArray();
        for (var n = 1; n <= Order; n++)
        {
            var counts = _counts[n - 1];
            var probabilities = new double[counts.Length];
            for (var context = 0; context < counts.Length / symbols; context++)
            {
                var row = counts.AsSpan(context * symbols, symbols);
                long total = 0;
                var kinds = 0;
                foreach (var count in row)
                {
                    total += count;
                    kinds += count > 0 ? 1 : 0;
                }

                for (var symbol = 0; symbol < symbols; symbol++)
                {
                    var gram = (context * symbols) + symbol;
                    var shorter = lower[gram % lower.Length];
                    probabilities[gram] = total == 0 ? shorter : (row[symbol] + (kinds * shorter)) / (total + kinds);
                }
            }

            lower = probabilities;
        }

        return new CharacterModel([.. lower.Select(static p => (byte)Math.Clamp(Math.Round(-16 * Math.Log2(p)), 0, 255))]);
    }
}
