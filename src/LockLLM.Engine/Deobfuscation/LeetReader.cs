using System.Buffers;
using LockLLM.Engine.Language;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Deobfuscation;

/// <summary>
/// Reads digits and signs that stand for letters ("1gn0r3 4ll ru135"). A passage is read so when several of its words
/// become likely language by it; which letter an ambiguous sign means, the language model says.
/// Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class LeetReader(CharacterModel language)
{
    private const string Signs = "0123456789@$!|+";
    private static readonly SearchValues<char> s_signs = SearchValues.Create(Signs);

    private static readonly sbyte[] s_places = [.. Enumerable.Range(0, 128).Select(static c => (sbyte)Signs.IndexOf((char)c, StringComparison.Ordinal))];

    /// <summary>Letters that each sign may stand for, in the order of <see cref="Signs"/>.</summary>
    private static readonly string[] s_readings = ["o", "il", "z", "e", "a", "s", "gb", "t", "b", "g", "a", "s", "il", "il", "t"];

    /// <summary>What a reading may cost a character to pass for a word.</summary>
    private const int Readable = 64;

    /// <summary>Share of a passage's words, one in this many, that must become language.</summary>
    private const int MinShare = 5;

    private const int MaxWord = 40;

    /// <summary>Characters that are judged together; lines end a passage sooner.</summary>
    private const int PassageLength = 300;
    private const int Beam = 4;

    private readonly List<Word> _words = [];
    private readonly char[] _reading = new char[MaxWord];
    private readonly Path[] _steps = new Path[Beam * MaxWord];
    private readonly Path[] _candidates = new Path[Beam * 2];
    private readonly Path[] _survivors = new Path[Beam];

    /// <summary>Copies the text with its leetspeak read. False if there was none, and the target is unused.</summary>
    public bool Read(MappedText source, MappedText target)
    {
        var text = source.Chars;
        if (text.IndexOfAny(s_signs) < 0)
        {
            return false;
        }

        var copied = -1;
        for (var from = 0; from < text.Length;)
        {
            var to = PassageEnd(text, from);
            if (text[from..to].ContainsAny(s_signs) && FindWords(text, from, to))
            {
                if (copied < 0)
                {
                    target.Clear();
                    copied = 0;
                }

                foreach (var word in _words)
                {
                    target.Append(source, copied, word.From - copied);
                    AppendReading(source, word, target);
                    copied = word.To;
                }
            }

            from = to;
        }

        if (copied < 0)
        {
            return false;
        }

        target.Append(source, copied, text.Length - copied);
        return true;
    }

    /// <summary>Wipes what was read last.</summary>
    public void Forget()
    {
        _words.Clear();
        _reading.AsSpan().Clear();
        _steps.AsSpan().Clear();
        _candidates.AsSpan().Clear();
        _survivors.AsSpan().Clear();
    }

    /// <summary>The end of a line, or of a word after some hundred characters of a longer one.</summary>
    private static int PassageEnd(ReadOnlySpan<char> text, int from)
    {
        var rest = text[from..Math.Min(text.Length, from + (2 * PassageLength))];
        var line = rest.IndexOf('\n');
        if (line < 0 && rest.Length > PassageLength)
        {
            var word = rest[PassageLength..].IndexOf(' ');
            return from + (word < 0 ? rest.Length : PassageLength + word + 1);
        }

        return line < 0 ? text.Length : from + line + 1;
    }

    /// <summary>Collects the words of a passage that hold signs. True if enough of it is leetspeak to read it so.</summary>
    private bool FindWords(ReadOnlySpan<char> text, int from, int to)
    {
        _words.Clear();
        int words = 0, strong = 0, longest = 0;
        for (var i = from; i < to; i++)
        {
            if (!IsWordCharacter(text[i]))
            {
                continue;
            }

            var start = i;
            int letters = 0, inside = 0, signs = 0;
            for (; i < to && IsWordCharacter(text[i]); i++)
            {
                if (char.IsAsciiLetterLower(text[i]))
                {
                    letters++;
                }
                else
                {
                    signs++;
                    inside += i + 1 < to && char.IsAsciiLetterLower(text[i + 1]) ? 1 : 0;
                }
            }

            // A sign at a word's end is more often punctuation or a version number.
            var end = i;
            while (end > start && text[end - 1] is '!' or '|' or '+')
            {
                end--;
                signs--;
            }

            // The bar of a chat template's token is no letter.
            words++;
            if (signs <= 0 || end - start > MaxWord || (start > from && text[start - 1] == '<'))
            {
                continue;
            }

            if (letters > 0 && inside > 0 && end - start >= 3 && Cheapest(text[start..end]) is var cost && cost <= Readable)
            {
                strong++;
                longest = Math.Max(longest, signs >= 2 ? end - start : 0);
            }

            _words.Add(new Word(start, end, letters));
        }

        var isLeet = (strong >= 2 && strong * MinShare >= words) || (longest >= 6 && strong * 10 >= words);
        if (isLeet && words > _words.Count * 4)
        {
            // Few words among many: a number beside them is a number.
            _words.RemoveAll(static word => word.Letters == 0);
        }

        return isLeet;
    }

    private void AppendReading(MappedText source, Word word, MappedText target)
    {
        var length = word.To - word.From;
        Cheapest(source.Chars[word.From..word.To]);
        for (var i = 0; i < length; i++)
        {
            var at = word.From + i;
            var read = _reading[i];
            var layer = read == source.Chars[at] ? EncodingLayers.None : EncodingLayers.Leetspeak;
            target.Append(read, source.Starts[at], source.Ends[at], source.Layers[at] | layer);
        }
    }

    /// <summary>Finds the cheapest reading of a word by beam search; it then stands in <c>_reading</c>. Returns its cost a character.</summary>
    private int Cheapest(ReadOnlySpan<char> word)
    {
        var survivors = 1;
        _survivors[0] = new Path(0, CharacterModel.Start, 0, ' ');
        for (var i = 0; i < word.Length; i++)
        {
            ReadOnlySpan<char> letters = SignOf(word[i]) is >= 0 and var sign ? s_readings[sign] : word.Slice(i, 1);
            var count = 0;
            for (var s = 0; s < survivors; s++)
            {
                var path = _survivors[s];
                foreach (var letter in letters)
                {
                    var symbol = CharacterModel.Symbol(letter);
                    _candidates[count++] = new Path(path.Cost + language.Cost(path.Context, symbol), CharacterModel.Next(path.Context, symbol), s, letter);
                }
            }

            survivors = Keep(count);
            _survivors.AsSpan(0, survivors).CopyTo(_steps.AsSpan(i * Beam));
        }

        var best = 0;
        for (var i = word.Length - 1; i >= 0; i--)
        {
            var step = _steps[(i * Beam) + best];
            _reading[i] = step.Letter;
            best = step.Parent;
        }

        return (_survivors[0].Cost + language.Cost(_survivors[0].Context, CharacterModel.Gap)) / (word.Length + 1);
    }

    /// <summary>Keeps the cheapest candidates, cheapest first; of equal ones the first.</summary>
    private int Keep(int count)
    {
        var kept = 0;
        foreach (var candidate in _candidates.AsSpan(0, count))
        {
            var place = kept;
            for (; place > 0 && candidate.Cost < _survivors[place - 1].Cost; place--)
            {
                if (place < Beam)
                {
                    _survivors[place] = _survivors[place - 1];
                }
            }

            if (place < Beam)
            {
                _survivors[place] = candidate;
                kept = Math.Min(kept + 1, Beam);
            }
        }

        return kept;
    }

    private static bool IsWordCharacter(char character) => char.IsAsciiLetterLower(character) || SignOf(character) >= 0;

    /// <summary>The place of a sign among <see cref="Signs"/>, -1 for any other character.</summary>
    private static int SignOf(char character) => character < s_places.Length ? s_places[character] : -1;

    private readonly record struct Word(int From, int To, int Letters);

    /// <summary>The cheapest way to a letter: its cost so far, the context it leaves, and which survivor it came from.</summary>
    private readonly record struct Path(int Cost, int Context, int Parent, char Letter);
}
