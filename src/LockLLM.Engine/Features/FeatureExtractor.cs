using System.Runtime.CompilerServices;

namespace LockLLM.Engine.Features;

/// <summary>
/// Turns canonical text into hashed features: character 3- to 5-grams and word 1- to 3-grams (the hashing trick,
/// Weinberger et al. 2009). Features come in the order of the character that completes them, so a window of text is
/// a range of features. Training and scanning share this code; <see cref="FeatureSchema"/> names its version.
/// </summary>
internal sealed class FeatureExtractor
{
    /// <summary>A feature met again within so many characters is not counted again, or one repeated sign would outweigh all words.</summary>
    private const int Refractory = 64;

    private const int RecentSlots = 512;
    private readonly (uint Slot, int At)[] _recent = new (uint, int)[RecentSlots];
    private int _clock;
    private int _longest;
    private Gram _gram;
    private Words _words;
    private uint[] _indices = [];
    private int[] _ends = [];

    /// <summary>Table slots of the features of the piece read last, in text order.</summary>
    public ReadOnlySpan<uint> Indices => _indices.AsSpan(0, Count);

    /// <summary>For each character of that piece the number of its features completed up to and including the character.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Length);

    public int Count { get; private set; }

    public int Length { get; private set; }

    /// <summary>The most features that so many characters can complete: three grams each; and where letters and ideographs take turns, each ideograph
    /// completes two words of three features, the letter's and its own.</summary>
    public static int MostFeatures(int length) => (length * 6) + 6;

    /// <summary>Wipes what was read; gives the memory back when it was made for more than <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        Count = Length = _clock = 0;
        (_gram, _words) = (default, default);
        _recent.AsSpan().Clear();
        if (_ends.Length > keepCapacity)
        {
            (_indices, _ends) = ([], []);
        }
        else
        {
            _indices.AsSpan(0, Math.Min(_indices.Length, MostFeatures(_longest) + 1)).Clear();
            _ends.AsSpan(0, _longest).Clear();
        }

        _longest = 0;
    }

    /// <summary>Reads a whole text.</summary>
    public void Extract(ReadOnlySpan<char> text)
    {
        Begin();
        Read(text, isLast: true);
    }

    /// <summary>Begins a text that comes in pieces: together they give the features of the whole.</summary>
    public void Begin()
    {
        // Two spaces stand before the text, so that its first letters form grams that say "begins here".
        _gram = new Gram(' ', ' ', ' ', ' ');
        _words = new Words(WordSeed, 0, 0, false);

        // Everything met in earlier texts is long ago.
        _clock += Refractory;
    }

    /// <summary>Reads the next piece of a text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<char> text, bool isLast)
    {
        EnsureRoom(text.Length);
        KeepClockFromOverflow(text.Length);
        var indices = _indices;
        var ends = _ends;
        var recent = _recent;
        var clock = _clock;
        var count = 0;
        var (c0, c1, c2, c3) = _gram;
        var (word, previous, beforePrevious, inWord) = _words;

        for (var i = 0; i < text.Length; i++)
        {
            var kind = Classify(text[i], out var c4);

            if (inWord && kind != CharacterKind.Letter)
            {
                count = EmitWord(indices, count, recent, clock, word, ref previous, ref beforePrevious);
                word = WordSeed;
                inWord = false;
            }

            var three = (c2 * 0x9E3779B1u) + (c3 * 0x85EBCA77u) + (c4 * 0xC2B2AE3Du);
            var four = (c1 * 0x27D4EB2Fu) + three;
            count = Emit(indices, count, recent, clock, Slot(three * 0x2C1B3C6Du, 0x165667B1u));
            count = Emit(indices, count, recent, clock, Slot(four * 0x297A2D39u, 0x27D4EB2Fu));
            count = Emit(indices, count, recent, clock, Slot(((c0 * 0x165667B1u) + four) * 0x1B56C4E9u, 0x9E3779B1u));
            clock++;
            (c0, c1, c2, c3) = (c1, c2, c3, c4);

            switch (kind)
            {
                case CharacterKind.Letter:
                    word = (word ^ c4) * 0x100000001B3ul;
                    inWord = true;
                    break;
                case CharacterKind.Ideograph:
                    count = EmitWord(indices, count, recent, clock, (WordSeed ^ c4) * 0x100000001B3ul, ref previous, ref beforePrevious);
                    break;
            }

            ends[i] = count;
        }

        if (inWord && isLast && !text.IsEmpty)
        {
            count = EmitWord(indices, count, recent, clock, word, ref previous, ref beforePrevious);
            ends[text.Length - 1] = count;
        }

        _gram = new Gram(c0, c1, c2, c3);
        _words = new Words(word, previous, beforePrevious, inWord);
        _clock = clock;
        (Count, Length) = (count, text.Length);
        _longest = Math.Max(_longest, text.Length);
    }

    private const ulong WordSeed = 0xCBF29CE484222325ul;

    /// <summary>Digits count as one, line breaks as spaces; scripts written without spaces make a word of each character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CharacterKind Classify(char character, out uint symbol)
    {
        symbol = character;
        if (character < 0x80)
        {
            if ((uint)(character - 'a') <= 'z' - 'a')
            {
                return CharacterKind.Letter;
            }

            if ((uint)(character - '0') <= 9)
            {
                symbol = '0';
                return CharacterKind.Letter;
            }

            if (character == '\n')
            {
                symbol = ' ';
            }

            return CharacterKind.Sign;
        }

        return CharacterKinds.Of(character);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Emit(uint[] indices, int count, (uint Slot, int At)[] recent, int clock, uint slot)
    {
        ref var last = ref recent[slot % RecentSlots];
        var isRepeated = last.Slot == slot && clock - last.At < Refractory;
        last = (slot, clock);
        indices[count] = slot;
        return isRepeated ? count : count + 1;
    }

    private void KeepClockFromOverflow(int length)
    {
        if (_clock > int.MaxValue - length - (2 * Refractory))
        {
            _recent.AsSpan().Clear();
            _clock = Refractory;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EmitWord(uint[] indices, int count, (uint Slot, int At)[] recent, int clock, ulong word, ref ulong previous, ref ulong beforePrevious)
    {
        var one = word * 0x9E3779B97F4A7C15ul;
        var two = (one ^ (previous >> 7)) * 0xD6E8FEB86659FD93ul;
        count = Emit(indices, count, recent, clock, (uint)(one >> FeatureSchema.Shift));
        count = Emit(indices, count, recent, clock, (uint)(two >> FeatureSchema.Shift));
        count = Emit(indices, count, recent, clock, (uint)(((two ^ (beforePrevious >> 11)) * 0xA0761D6478BD642Ful) >> FeatureSchema.Shift));
        beforePrevious = previous;
        previous = one;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Slot(uint mixed, uint seed) => (uint)(((ulong)(mixed ^ (mixed >> 15) ^ seed) * 0x9E3779B97F4A7C15ul) >> FeatureSchema.Shift);

    private void EnsureRoom(int length)
    {
        if (_ends.Length < length)
        {
            var capacity = Math.Max(length, Math.Max(512, _ends.Length * 2));
            _ends = new int[capacity];
            // One that is met again is written too, and then written over.
            _indices = new uint[MostFeatures(capacity) + 1];
        }
    }

    /// <summary>The last four characters.</summary>
    private readonly record struct Gram(uint C0, uint C1, uint C2, uint C3);

    /// <summary>The word that is being read, and the two before it, as hashes.</summary>
    private readonly record struct Words(ulong Word, ulong Previous, ulong BeforePrevious, bool InWord);
}
