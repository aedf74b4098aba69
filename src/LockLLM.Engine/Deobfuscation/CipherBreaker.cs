using LockLLM.Engine.Language;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Deobfuscation;

/// <summary>
/// Reads letters that were rotated (Caesar, ROT13), mirrored (Atbash) or written backwards. Stretches that are
/// unlikely as language are found in one pass; for each, the reading that is by far the likeliest takes its place.
/// Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class CipherBreaker(CharacterModel language)
{
    /// <summary>What a stretch must cost a character, on average, to be looked at. English costs about 35, languages with few training texts up to 75, enciphered text from 90.</summary>
    private const int Suspicious = 60;

    /// <summary>What a reading may cost a character to pass for language.</summary>
    private const int Readable = 74;

    /// <summary>By how much a reading must be cheaper a character than the text as it stands.</summary>
    private const int Gain = 22;

    private const int MinLetters = 10;

    /// <summary>Signs that may stand between a stretch and the words it takes in.</summary>
    private const int MaxGap = 4;

    /// <summary>The longest piece that is read in one way.</summary>
    private const int SampleLength = 160;

    /// <summary>The symbols that say which ways to read a piece are worth a whole look, and how many are.</summary>
    private const int RankingLength = 32;
    private const int Finalists = 4;

    /// <summary>A sentence shorter than this is read together with the next.</summary>
    private const int ShortestSentence = 30;

    /// <summary>The length of most pieces: about that of a sentence.</summary>
    private const int PieceLength = 80;

    /// <summary>Letters in a row, in likely words, that are no part of a cipher: plain text must never be taken for one.</summary>
    private const int PlainLetters = 8;

    private readonly List<(int From, int To)> _stretches = [];
    private readonly char[] _sample = new char[SampleLength];
    private readonly byte[] _symbols = new byte[SampleLength];
    private readonly int[] _ranking = new int[Reading.LetterReadings];

    /// <summary>Copies the text with enciphered stretches read. False if nothing looks enciphered, and the target is unused.</summary>
    public bool Read(MappedText source, MappedText target)
    {
        FindStretches(source.Chars);
        if (_stretches.Count == 0)
        {
            return false;
        }

        target.Clear();
        var copied = 0;
        foreach (var (stretch, stretchEnd) in _stretches)
        {
            // Piece by piece: what begins in one cipher, or in noise, may go on in another.
            Reading? last = null;
            for (int from = Math.Max(stretch, copied), to; from < stretchEnd; from = Math.Max(to, copied))
            {
                to = PieceEnd(source.Chars, from, stretchEnd);
                if (FindReading(source.Chars[from..to], last) is not { } reading)
                {
                    continue;
                }

                // Pieces written backwards stand in reverse order too.
                while (reading == Reading.Reversed && to < stretchEnd && PieceEnd(source.Chars, to, stretchEnd) is var next
                    && FindReading(source.Chars[to..next], reading) == Reading.Reversed)
                {
                    to = next;
                }

                last = reading;

                var (start, end) = Extend(source.Chars, copied, from, to, reading);
                target.Append(source, copied, start - copied);
                AppendRead(source, start, end, reading, target);
                copied = end;
            }
        }

        target.Append(source, copied, source.Length - copied);
        return true;
    }

    /// <summary>Wipes what was read last.</summary>
    public void Forget()
    {
        _sample.AsSpan().Clear();
        _symbols.AsSpan().Clear();
    }

    /// <summary>The end of the piece that begins here: that of a sentence, else of a word, where there is one.</summary>
    private static int PieceEnd(ReadOnlySpan<char> text, int from, int stretchEnd)
    {
        var sentence = text[Math.Min(from + ShortestSentence, stretchEnd)..Math.Min(from + SampleLength, stretchEnd)].IndexOfAny(".!?\n");
        if (sentence >= 0)
        {
            return from + ShortestSentence + sentence;
        }

        if (stretchEnd - from <= (PieceLength * 3) / 2)
        {
            return stretchEnd;
        }

        var limit = Math.Min(stretchEnd, from + SampleLength);
        var end = from + PieceLength;
        while (end < limit && IsLetter(text[end]))
        {
            end++;
        }

        return end;
    }

    /// <summary>
    /// Runs where the surplus cost over <see cref="Suspicious"/> adds up (Kadane's maximal segments, cut at words).
    /// </summary>
    private void FindStretches(ReadOnlySpan<char> text)
    {
        _stretches.Clear();
        int context = CharacterModel.Start, last = CharacterModel.Gap;
        int sum = 0, best = 0, letters = 0, from = 0, to = 0, lettersAtBest = 0;
        int wordStart = 0, wordSurplus = 0, wordLetters = 0, plainLetters = 0;

        for (var i = 0; i <= text.Length; i++)
        {
            var symbol = i < text.Length ? CharacterModel.Symbol(text[i]) : CharacterModel.Gap;
            if (symbol != CharacterModel.Gap)
            {
                if (last == CharacterModel.Gap)
                {
                    (wordStart, wordSurplus, wordLetters) = (i, 0, 0);
                }

                wordSurplus += language.Cost(context, symbol) - Suspicious;
                wordLetters++;
            }
            else if (last != CharacterModel.Gap)
            {
                wordSurplus += language.Cost(context, symbol) - Suspicious;
                if (sum == 0)
                {
                    (from, best, letters) = (wordStart, 0, 0);
                }

                sum += wordSurplus;
                letters += wordLetters;
                plainLetters = wordSurplus > 0 ? 0 : plainLetters + wordLetters;
                if (sum > best)
                {
                    (best, to, lettersAtBest) = (sum, i, letters);
                }

                if (sum <= 0 || plainLetters >= PlainLetters)
                {
                    Close();
                }
            }
            else
            {
                continue;
            }

            context = CharacterModel.Next(context, symbol);
            last = symbol;
        }

        Close();

        void Close()
        {
            if (best > 0 && lettersAtBest >= MinLetters)
            {
                _stretches.Add((from, to));
            }

            (sum, best, letters, lettersAtBest, plainLetters) = (0, 0, 0, 0, 0);
        }
    }

    /// <summary>The likeliest reading of a stretch; none, if it is no language under any or is nearly as likely as it stands.</summary>
    /// <param name="last">How the text before was read: reading on in that way needs less evidence.</param>
    private Reading? FindReading(ReadOnlySpan<char> text, Reading? last)
    {
        if (!IsMostlyLetters(text))
        {
            return null;
        }

        // Backwards, the end of the stretch is the beginning of the text.
        var best = Reading.Reversed;
        var cost = AverageOf(SymbolsBackwards(text[^Math.Min(SampleLength, text.Length)..]), Reading.AsItStands);

        var symbols = Symbols(text[..Math.Min(SampleLength, text.Length)]);
        var asItStands = AverageOf(symbols, Reading.AsItStands);
        var beginning = symbols[..Math.Min(RankingLength, symbols.Length)];
        for (var i = 0; i < _ranking.Length; i++)
        {
            // Cost and reading in one number, so that the cheapest come first.
            _ranking[i] = (language.CostOf(beginning, Reading.OfLetters(i).Meaning) * Reading.LetterReadings) + i;
        }

        _ranking.AsSpan().Sort();
        foreach (var ranked in _ranking.AsSpan(0, Finalists))
        {
            var reading = Reading.OfLetters(ranked % Reading.LetterReadings);
            if (AverageOf(symbols, reading) is var whole && whole < cost)
            {
                (best, cost) = (reading, whole);
            }
        }

        var slack = best == last ? Gain / 2 : 0;
        return cost <= Math.Min(Readable + slack, asItStands - Gain + slack) ? best : null;
    }

    /// <summary>What is not is no prose under any reading.</summary>
    private static bool IsMostlyLetters(ReadOnlySpan<char> text)
    {
        var letters = 0;
        foreach (var character in text)
        {
            letters += IsLetter(character) ? 1 : 0;
        }

        return letters * 2 > text.Length;
    }

    /// <summary>Takes in the words beside a stretch that are likelier when read the same way; a short one may pass for language as it stands.</summary>
    private (int From, int To) Extend(ReadOnlySpan<char> text, int first, int from, int to, Reading reading)
    {
        while (WordBeside(text, from, first, -1) is var (start, end) && IsLikelier(text[start..end], reading))
        {
            from = start;
        }

        while (WordBeside(text, to, text.Length, 1) is var (start, end) && IsLikelier(text[start..end], reading))
        {
            to = end;
        }

        return (from, to);
    }

    /// <summary>The word next to a position, going left or right as far as a limit, with few signs before it; none at a line's end.</summary>
    private static (int From, int To)? WordBeside(ReadOnlySpan<char> text, int at, int limit, int step)
    {
        var ahead = step < 0 ? -1 : 0;
        var near = at;
        while (near != limit && Math.Abs(near - at) < MaxGap && !IsLetter(text[near + ahead]) && text[near + ahead] != '\n')
        {
            near += step;
        }

        var far = near;
        while (far != limit && Math.Abs(far - near) < SampleLength && IsLetter(text[far + ahead]))
        {
            far += step;
        }

        return near == far ? null : (Math.Min(near, far), Math.Max(near, far));
    }

    private bool IsLikelier(ReadOnlySpan<char> word, Reading reading)
    {
        var asItStands = AverageOf(Symbols(word), Reading.AsItStands);
        return reading == Reading.Reversed
            ? AverageOf(SymbolsBackwards(word), Reading.AsItStands) < asItStands
            : AverageOf(Symbols(word), reading) < asItStands;
    }

    private static void AppendRead(MappedText source, int from, int to, Reading reading, MappedText target)
    {
        if (reading == Reading.Reversed)
        {
            AppendReversed(source, from, to, target);
            return;
        }

        var layer = reading == Reading.Rot13 ? EncodingLayers.Rot13 : EncodingLayers.Caesar;
        for (var i = from; i < to; i++)
        {
            var character = source.Chars[i];
            target.Append(IsLetter(character) ? reading.Read(character) : character, source.Starts[i], source.Ends[i], source.Layers[i] | layer);
        }
    }

    private static void AppendReversed(MappedText source, int from, int to, MappedText target)
    {
        for (var i = to - 1; i >= from; i--)
        {
            var character = source.Chars[i];
            if (char.IsLowSurrogate(character) && i > from && char.IsHighSurrogate(source.Chars[i - 1]))
            {
                i--;
                target.Append(source, i, 2, EncodingLayers.Reversed);
                continue;
            }

            target.Append(character, source.Starts[i], source.Ends[i], source.Layers[i] | EncodingLayers.Reversed);
        }
    }

    /// <summary>Cost a symbol under a reading; the highest there is for none.</summary>
    private int AverageOf(ReadOnlySpan<byte> symbols, Reading reading) =>
        symbols.IsEmpty ? int.MaxValue : language.CostOf(symbols, reading.Meaning) / symbols.Length;

    private ReadOnlySpan<byte> Symbols(ReadOnlySpan<char> text) => _symbols.AsSpan(0, CharacterModel.ReadSymbols(text, _symbols));

    private ReadOnlySpan<byte> SymbolsBackwards(ReadOnlySpan<char> text)
    {
        var sample = _sample.AsSpan(0, text.Length);
        text.CopyTo(sample);
        sample.Reverse();
        return Symbols(sample);
    }

    private static bool IsLetter(char character) => CharacterModel.Symbol(character) != CharacterModel.Gap;

    /// <summary>What each letter stands for, or that the letters stand backwards.</summary>
    private readonly record struct Reading
    {
        /// <summary>Rotations by 1 to 25 places, and the mirrored alphabet.</summary>
        public const int LetterReadings = 26;

        private const int Mirrored = 26;
        private const int Backwards = 27;
        private static readonly byte[] s_meanings = BuildMeanings();
        private readonly int _number;

        private Reading(int number) => _number = number;

        public static Reading AsItStands => new(0);

        public static Reading Rot13 => new(13);

        public static Reading Reversed => new(Backwards);

        /// <summary>For each symbol the one that it stands for.</summary>
        public ReadOnlySpan<byte> Meaning => s_meanings.AsSpan(_number * CharacterModel.Symbols, CharacterModel.Symbols);

        public static Reading OfLetters(int index) => new(index + 1);

        public char Read(char letter) => (char)('a' + Meaning[letter - 'a']);

        private static byte[] BuildMeanings()
        {
            var meanings = new byte[(LetterReadings + 1) * CharacterModel.Symbols];
            for (var number = 0; number <= LetterReadings; number++)
            {
                for (var letter = 0; letter < CharacterModel.Gap; letter++)
                {
                    meanings[(number * CharacterModel.Symbols) + letter] = (byte)(number == Mirrored ? 25 - letter : (letter + number) % 26);
                }

                meanings[(number * CharacterModel.Symbols) + CharacterModel.Gap] = CharacterModel.Gap;
            }

            return meanings;
        }
    }
}
