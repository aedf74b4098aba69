using LockLLM.Engine.Language;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Deobfuscation;

/// <summary>
/// Joins words whose letters were set apart: "i g n o r e", "s-y-s-t-e-m", one letter a line. Text with the same sign
/// after every character is read back exactly. Else the separator met most often stands inside words and any other
/// between them. Where no gap is met at all, the language model finds the words.
/// Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class LetterJoiner(CharacterModel language)
{
    /// <summary>Fewer letters set apart by spaces may be initials or a list.</summary>
    private const int MinLetters = 4;

    /// <summary>Letters in a row without a wider gap that are more than one word.</summary>
    private const int MaxWord = 12;

    private const int MaxSeparator = 4;

    /// <summary>From this many letters on, text may be rich in digits and signs, as code is.</summary>
    private const int LongThread = 16;

    /// <summary>Position of each letter of the run.</summary>
    private readonly List<int> _letters = [];

    /// <summary>How far threads that begin at an even and at an odd position were walked in vain.</summary>
    private readonly int[] _walkedUntil = new int[2];

    private bool[] _splits = [];
    private byte[] _path = [];

    /// <summary>Copies the text with words joined. False if there was nothing to join, and the target is unused.</summary>
    public bool Join(MappedText source, MappedText target)
    {
        var text = source.Chars;
        var copied = -1;
        var from = NextLone(text, 0);
        _walkedUntil.AsSpan().Clear();
        while (from < text.Length)
        {
            var to = CollectRun(text, from);
            var isRun = _letters.Count >= MinLetters && HasLetters(text) && HasCommonSeparator(text);
            var threaded = ThreadEnd(text, from);
            if (isRun || threaded > to)
            {
                if (copied < 0)
                {
                    target.Clear();
                    copied = 0;
                }

                target.Append(source, copied, from - copied);
                if (threaded >= to)
                {
                    to = threaded;
                    AppendThreaded(source, from, to, target);
                }
                else
                {
                    AppendJoined(source, target);
                }

                copied = to;
            }

            from = NextLone(text, to);
        }

        if (copied < 0)
        {
            return false;
        }

        target.Append(source, copied, text.Length - copied);
        return true;
    }

    /// <summary>Wipes what was read last; gives the memory back when it grew beyond <paramref name="keepCapacity"/> bytes.</summary>
    public void Forget(int keepCapacity)
    {
        _letters.Clear();
        if (_path.Length > keepCapacity)
        {
            (_splits, _path) = ([], []);
        }

        _splits.AsSpan().Clear();
        _path.AsSpan().Clear();
    }

    /// <summary>
    /// Where text ends that has the same sign after each character, spaces and punctuation included; where it begins,
    /// if there is none worth reading.
    /// </summary>
    private int ThreadEnd(ReadOnlySpan<char> text, int from)
    {
        // A thread that was walked in vain is not walked again from its middle, or a hostile text would take quadratic time.
        if (from + 1 >= text.Length || from < _walkedUntil[from & 1])
        {
            return from;
        }

        var thread = text[from + 1];
        var (at, end, letters, signs) = (from, from, 0, 0);
        while (at < text.Length)
        {
            var width = WidthAt(text, at);
            var isWord = IsWordCharacter(text[at]);
            if (isWord && at + width < text.Length && IsWordCharacter(text[at + width]))
            {
                break;
            }

            letters += char.IsLetter(text[at]) || width == 2 ? 1 : 0;
            signs += char.IsWhiteSpace(text[at]) ? 0 : 1;
            end = char.IsWhiteSpace(text[at]) ? end : at + width;
            if (at + width >= text.Length || text[at + width] != thread)
            {
                break;
            }

            at += width + 1;
        }

        var isWritten = letters >= MinLetters && (letters * 10 >= signs * 6 || (letters >= LongThread && letters * 3 >= signs));
        _walkedUntil[from & 1] = isWritten ? 0 : at;
        return isWritten ? end : from;
    }

    private void AppendThreaded(MappedText source, int from, int to, MappedText target)
    {
        var text = source.Chars;
        _letters.Clear();
        for (var at = from; at < to; at += WidthAt(text, at) + 1)
        {
            if (WidthAt(text, at) == 1 && char.IsLetter(text[at]))
            {
                _letters.Add(at);
                continue;
            }

            AppendWord(source, 0, _letters.Count, target);
            _letters.Clear();
            for (var i = at; i < at + WidthAt(text, at); i++)
            {
                // The sign itself, three times in a row, is how a space looks between words.
                target.Append(text[i] == text[from + 1] ? ' ' : text[i], source.Starts[i], source.Ends[i], source.Layers[i] | EncodingLayers.SpacedLetters);
            }
        }

        AppendWord(source, 0, _letters.Count, target);
    }

    private static int WidthAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>The next letter that has no letter beside it.</summary>
    private static int NextLone(ReadOnlySpan<char> text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (IsWordCharacter(text[i]))
            {
                if (i + 1 >= text.Length || !IsWordCharacter(text[i + 1]))
                {
                    return i;
                }

                while (i < text.Length && IsWordCharacter(text[i]))
                {
                    i++;
                }
            }
        }

        return text.Length;
    }

    /// <summary>Collects lone letters with short separators between them. Returns the position after the last.</summary>
    private int CollectRun(ReadOnlySpan<char> text, int from)
    {
        _letters.Clear();
        _letters.Add(from);
        var at = from;
        while (true)
        {
            var next = at + 1;
            while (next < text.Length && next - at <= MaxSeparator && !IsWordCharacter(text[next]))
            {
                next++;
            }

            if (next >= text.Length || next - at > MaxSeparator || !IsWordCharacter(text[next])
                || (next + 1 < text.Length && IsWordCharacter(text[next + 1])))
            {
                return at + 1;
            }

            _letters.Add(next);
            at = next;
        }
    }

    /// <summary>Whether most of the run is letters: numbers set apart are numbers.</summary>
    private bool HasLetters(ReadOnlySpan<char> text)
    {
        var letters = 0;
        foreach (var at in _letters)
        {
            letters += char.IsLetter(text[at]) ? 1 : 0;
        }

        return letters * 10 >= _letters.Count * 6;
    }

    /// <summary>Whether one separator stands between most letters: terms of a formula have all kinds of them.</summary>
    private bool HasCommonSeparator(ReadOnlySpan<char> text)
    {
        var common = CommonSeparator(text);
        var count = 0;
        for (var i = 1; i < _letters.Count; i++)
        {
            count += Separator(text, i).SequenceEqual(common) ? 1 : 0;
        }

        return count * 2 >= _letters.Count - 1;
    }

    private void AppendJoined(MappedText source, MappedText target)
    {
        var text = source.Chars;
        var inner = CommonSeparator(text);
        var wordStart = 0;
        for (var i = 1; i <= _letters.Count; i++)
        {
            if (i < _letters.Count && Separator(text, i).SequenceEqual(inner))
            {
                continue;
            }

            AppendWord(source, wordStart, i, target);
            if (i < _letters.Count)
            {
                AppendGap(source, i, inner, target);
            }

            wordStart = i;
        }
    }

    private void AppendWord(MappedText source, int from, int to, MappedText target)
    {
        FindSplits(source.Chars, from, to);
        for (var i = from; i < to; i++)
        {
            var at = _letters[i];
            if (_splits[i - from])
            {
                target.Append(' ', source.Starts[at], source.Ends[at], source.Layers[at] | EncodingLayers.SpacedLetters);
            }

            // A letter's range reaches to the next one, so that a joined word covers its separators.
            var end = i + 1 < to ? source.Starts[_letters[i + 1]] : source.Ends[at];
            target.Append(source.Chars[at], source.Starts[at], Math.Max(end, source.Ends[at]), source.Layers[at] | EncodingLayers.SpacedLetters);
        }
    }

    /// <summary>What stood between two words, less one inner separator on each side: "a-l-l- -t-h-e" has a space there.</summary>
    private void AppendGap(MappedText source, int letter, ReadOnlySpan<char> inner, MappedText target)
    {
        var from = _letters[letter - 1] + 1;
        var to = _letters[letter];
        var start = source.Starts[from];
        var end = Math.Max(source.Ends[to - 1], start + 1);
        target.Append(' ', start, end, EncodingLayers.SpacedLetters);
        for (var i = from; i < to; i++)
        {
            var character = source.Chars[i];
            if (!char.IsWhiteSpace(character) && !inner.Contains(character))
            {
                target.Append(character, source.Starts[i], source.Ends[i], source.Layers[i] | EncodingLayers.SpacedLetters);
                target.Append(' ', source.Starts[i], source.Ends[i], EncodingLayers.SpacedLetters);
            }
        }
    }

    private ReadOnlySpan<char> Separator(ReadOnlySpan<char> text, int letter) => text[(_letters[letter - 1] + 1).._letters[letter]];

    /// <summary>A majority vote over the separators (Boyer and Moore 1981); a wrong winner of a tie only moves word gaps.</summary>
    private ReadOnlySpan<char> CommonSeparator(ReadOnlySpan<char> text)
    {
        var winner = Separator(text, 1);
        var votes = 1;
        for (var i = 2; i < _letters.Count; i++)
        {
            var separator = Separator(text, i);
            if (separator.SequenceEqual(winner))
            {
                votes++;
            }
            else if (--votes == 0)
            {
                winner = separator;
                votes = 1;
            }
        }

        return winner;
    }

    /// <summary>
    /// Where to put spaces into letters that came without any: the cheapest reading under the language model, by
    /// dynamic programming over whether the last one, two or three positions held a space (Viterbi 1967).
    /// </summary>
    private void FindSplits(ReadOnlySpan<char> text, int from, int to)
    {
        var count = to - from;
        if (_splits.Length < count)
        {
            _splits = new bool[count * 2];
            _path = new byte[count * 2 * States];
        }

        _splits.AsSpan(0, count).Clear();
        if (count <= MaxWord)
        {
            return;
        }

        // State: how many letters stand since the last space, three meaning three or more.
        Span<int> cost = stackalloc int[States];
        Span<int> context = stackalloc int[States];
        Span<int> nextCost = stackalloc int[States];
        Span<int> nextContext = stackalloc int[States];
        cost.Fill(int.MaxValue / 2);
        cost[0] = 0;
        context[0] = CharacterModel.Start;
        for (var i = 0; i < count; i++)
        {
            var symbol = CharacterModel.Symbol(char.ToLowerInvariant(text[_letters[from + i]]));
            nextCost.Fill(int.MaxValue / 2);
            for (var state = 0; state < States; state++)
            {
                // Straight on.
                var straight = cost[state] + language.Cost(context[state], symbol);
                var grown = Math.Min(state + 1, States - 1);
                if (straight < nextCost[grown])
                {
                    nextCost[grown] = straight;
                    nextContext[grown] = CharacterModel.Next(context[state], symbol);
                    _path[(i * States) + grown] = (byte)state;
                }

                // A space first.
                if (i > 0 && state > 0)
                {
                    var gapped = CharacterModel.Next(context[state], CharacterModel.Gap);
                    var split = cost[state] + language.Cost(context[state], CharacterModel.Gap) + language.Cost(gapped, symbol);
                    if (split < nextCost[1])
                    {
                        nextCost[1] = split;
                        nextContext[1] = CharacterModel.Next(gapped, symbol);
                        _path[(i * States) + 1] = (byte)(state | SplitHere);
                    }
                }
            }

            nextCost.CopyTo(cost);
            nextContext.CopyTo(context);
        }

        var at = 0;
        for (var state = 1; state < States; state++)
        {
            at = cost[state] < cost[at] ? state : at;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var step = _path[(i * States) + at];
            _splits[i] = (step & SplitHere) != 0;
            at = step & ~SplitHere;
        }
    }

    private const int States = 4;
    private const int SplitHere = 0x80;

    private static bool IsWordCharacter(char character) =>
        character < 0x80 ? char.IsAsciiLetterOrDigit(character) || character is '@' or '$' : char.IsLetterOrDigit(character) || char.IsSurrogate(character);
}
