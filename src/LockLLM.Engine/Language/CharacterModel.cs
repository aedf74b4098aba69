using System.Runtime.CompilerServices;

namespace LockLLM.Engine.Language;

/// <summary>
/// How likely a run of letters is as language: a dense 4-gram model over the letters a to z and one symbol for
/// everything else, learned from the training texts in all their languages. Costs are in sixteenths of a bit a
/// character (Shannon 1951); prose costs about 35, enciphered or random letters about 90.
/// </summary>
internal sealed class CharacterModel
{
    /// <summary>Letters a to z and the gap.</summary>
    public const int Symbols = 27;

    /// <summary>The symbol of whatever is not a letter.</summary>
    public const int Gap = 26;

    /// <summary>Bytes the table takes.</summary>
    public const int TableSize = Symbols * Symbols * Symbols * Symbols;

    /// <summary>Number of contexts of three symbols.</summary>
    public const int Contexts = Symbols * Symbols * Symbols;

    /// <summary>The context at the beginning of a text: three gaps.</summary>
    public const int Start = Contexts - 1;

    private readonly byte[] _costs;

    /// <param name="costs">Cost of each symbol after each context of three, context first.</param>
    public CharacterModel(byte[] costs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(costs.Length, TableSize);
        _costs = costs;
    }

    public ReadOnlySpan<byte> Costs => _costs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Symbol(char character)
    {
        var letter = (uint)(character - 'a');
        return letter < 26 ? (int)letter : Gap;
    }

    /// <summary>Cost of a symbol after a context, in sixteenths of a bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Cost(int context, int symbol) => _costs[(context * Symbols) + symbol];

    /// <summary>The context after one more symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(int context, int symbol) => ((context * Symbols) + symbol) % Contexts;

    /// <summary>Writes the symbols of a text, gaps collapsed and none at the beginning; returns how many.</summary>
    public static int ReadSymbols(ReadOnlySpan<char> text, Span<byte> symbols)
    {
        int count = 0, last = Gap;
        foreach (var character in text)
        {
            var symbol = Symbol(character);
            if (symbol != Gap || last != Gap)
            {
                symbols[count++] = (byte)symbol;
            }

            last = symbol;
        }

        return count;
    }

    /// <summary>Cost of symbols that each stand for another one, in sixteenths of a bit.</summary>
    /// <param name="symbols">What <see cref="ReadSymbols"/> wrote.</param>
    /// <param name="meaning">For each of the 27 symbols the one that it stands for.</param>
    public int CostOf(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> meaning)
    {
        // The last three symbols kept apart rather than as one context, so that no step waits for the one before.
        int first = Gap, second = Gap, third = Gap, cost = 0;
        var costs = _costs;
        foreach (var symbol in symbols)
        {
            int fourth = meaning[symbol];
            cost += costs[(((((first * Symbols) + second) * Symbols) + third) * Symbols) + fourth];
            (first, second, third) = (second, third, fourth);
        }

        return cost;
    }
}
