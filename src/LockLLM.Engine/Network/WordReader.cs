using LockLLM.Engine.Features;

namespace LockLLM.Engine.Network;

/// <summary>
/// Cuts canonical text into words, each with the signs behind it, and names what a word is made of: itself, its runs of three
/// and four letters (Bojanowski et al. 2017) and those signs, hashed into slots of one table. Scripts written without spaces are cut
/// after every second character. A text of n characters has at most n / 2 + 1 words. Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class WordReader
{
    /// <summary>Bits of a slot.</summary>
    public const int Bits = 16;

    /// <summary>Slots of the table.</summary>
    public const int Slots = 1 << Bits;

    /// <summary>Letters after which a long word is cut.</summary>
    private const int LongestWord = 20;

    /// <summary>Letters from which on a run of one letter is no word.</summary>
    private const int ShortestRun = 4;

    /// <summary>Signs after a word of which the first so many count.</summary>
    private const int SignsRead = 3;

    private int[] _starts = [];
    private int[] _ends = [];
    private ushort[] _slots = [];
    private int _slotCount;

    /// <summary>Words read.</summary>
    public int Count { get; private set; }

    /// <summary>For each word, and once after the last, the character it begins at.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count + 1);

    /// <summary>The slots of one word.</summary>
    public ReadOnlySpan<ushort> SlotsOf(int word) => _slots.AsSpan(word == 0 ? 0 : _ends[word - 1], _ends[word] - (word == 0 ? 0 : _ends[word - 1]));

    /// <summary>Gives the memory back when it was made for more than <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        Count = _slotCount = 0;
        _slots.AsSpan().Clear();
        if (_starts.Length > keepCapacity)
        {
            (_starts, _ends, _slots) = ([], [], []);
        }
    }

    /// <summary>Reads a text.</summary>
    public void Read(ReadOnlySpan<char> text)
    {
        Count = _slotCount = 0;
        EnsureRoom(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            var length = 0;
            var limit = LongestWord;
            while (at < text.Length && length < limit && CharacterKinds.Of(text[at]) is var kind && kind != CharacterKind.Sign)
            {
                // Two ideographs make a word.
                limit = kind == CharacterKind.Ideograph ? Math.Min(limit, length + 2 - (length & 1)) : limit;
                at++;
                length++;
            }

            AddWord(text.Slice(start, length));
            var signs = at;
            while (at < text.Length && CharacterKinds.Of(text[at]) == CharacterKind.Sign)
            {
                at++;
            }

            AddSigns(text[signs..at]);
            _starts[Count] = start;
            _ends[Count++] = _slotCount;
        }

        _starts[Count] = text.Length;
    }

    private void AddWord(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty || IsOneLetter(word))
        {
            return;
        }

        var whole = Seed;
        ulong c0 = 0, c1 = 0, c2 = '<';
        foreach (var character in word)
        {
            var c3 = (ulong)(character is >= '0' and <= '9' ? '0' : character);
            whole = (whole ^ c3) * Prime;
            AddGrams(c0, c1, c2, c3);
            (c0, c1, c2) = (c1, c2, c3);
        }

        AddGrams(c0, c1, c2, '>');
        Add(whole);
    }

    /// <summary>A run of one letter says nothing, and a text of such runs shall not add up to anything.</summary>
    private static bool IsOneLetter(ReadOnlySpan<char> word) => word.Length >= ShortestRun && !word.ContainsAnyExcept(word[0]);

    private void AddGrams(ulong c0, ulong c1, ulong c2, ulong c3)
    {
        if (c1 != 0)
        {
            var three = (((c1 << 16) | c2) << 16) | c3;
            Add((three + Seed) * Prime);
            if (c0 != 0)
            {
                Add(((c0 << 48) | three) * Prime);
            }
        }
    }

    private void AddSigns(ReadOnlySpan<char> signs)
    {
        var hash = Prime;
        var read = 0;
        foreach (var sign in signs)
        {
            if (sign != ' ' && read < SignsRead)
            {
                hash = (hash ^ sign) * Prime;
                read++;
            }
        }

        if (read > 0)
        {
            Add(hash);
        }
    }

    private void Add(ulong hash)
    {
        hash ^= hash >> 29;
        _slots[_slotCount++] = (ushort)((hash * 0x9E3779B97F4A7C15ul) >> (64 - Bits));
    }

    private const ulong Seed = 0xCBF29CE484222325ul;
    private const ulong Prime = 0x100000001B3ul;

    private void EnsureRoom(int length)
    {
        if (_starts.Length < length + 2)
        {
            var capacity = Math.Max(length + 2, Math.Max(512, _starts.Length * 2));
            _starts = new int[capacity];
            _ends = new int[capacity];

            // Two grams a letter, two more at a word's end, the word and its signs; a word has a letter or a sign.
            _slots = new ushort[(capacity * 5) + 8];
        }
    }
}
