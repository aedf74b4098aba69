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

    /// <summary>A sentence shorter than this is read together with the next.</summary>
    private const int ShortestSentence = 30;

    /// <summary>The length of most pieces: about that of a sentence.</summary>
    private const int PieceLength = 80;

    /// <summary>Letters in a row, in likely words, that are no part of a cipher: plain text must never be taken for one.</summary>
    private const int PlainLetters = 8;

    private readonly List<(int From, int To)> _stretches = [];
    private readonly char[] _sample = new char[SampleLength];
    private readonly byte[] _symbols = new byte[SampleLength];

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
                while (reading.Cipher == Cipher.Reversed && to < stretchEnd && PieceEnd(source.Chars, to, stretchEnd) is var next
                    && FindReading(source.Chars[to..next], reading)?.Cipher == Cipher.Reversed)
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
        var sample = _sample.AsSpan(0, Math.Min(SampleLength, text.Length));
        text[..sample.Length].CopyTo(sample);
        var asItStands = Average(sample);

        var symbols = CharacterModel.ReadSymbols(sample, _symbols);
        var (best, cost) = (new Reading(Cipher.Mirrored, 0), AverageOf(symbols, new Reading(Cipher.Mirrored, 0)));
        for (var shift = 1; shift < 26; shift++)
        {
            var reading = new Reading(Cipher.Rotated, shift);
            if (AverageOf(symbols, reading) is var rotatedCost && rotatedCost < cost)
            {
                (best, cost) = (reading, rotatedCost);
            }
        }

        // Backwards, the end of the stretch is the beginning of the text.
        text[^sample.Length..].CopyTo(sample);
        sample.Reverse();
        if (Average(sample) is var reversedCost && reversedCost < cost)
        {
            (best, cost) = (new Reading(Cipher.Reversed, 0), reversedCost);
        }

        var slack = best == last ? Gain / 2 : 0;
        return cost <= Math.Min(Readable + slack, asItStands - Gain + slack) ? best : null;
    }

    /// <summary>Takes in the words beside a stretch that are likelier when read the same way; a short one may pass for language as it stands.</summary>
    private (int From, int To) Extend(ReadOnlySpan<char> text, int first, int from, int to, Reading reading)
    {
        while (true)
        {
            var end = from;
            while (end > first && from - end < MaxGap && !IsLetter(text[end - 1]) && text[end - 1] != '\n')
            {
                end--;
            }

            var start = end;
            while (start > first && end - start < SampleLength && IsLetter(text[start - 1]))
            {
                start--;
            }

            if (start == end || !IsLikelier(text[start..end], reading))
            {
                break;
            }

            from = start;
        }

        while (true)
        {
            var start = to;
            while (start < text.Length && start - to < MaxGap && !IsLetter(text[start]) && text[start] != '\n')
            {
                start++;
            }

            var end = start;
            while (end < text.Length && end - start < SampleLength && IsLetter(text[end]))
            {
                end++;
            }

            if (start == end || !IsLikelier(text[start..end], reading))
            {
                return (from, to);
            }

            to = end;
        }
    }

    private bool IsLikelier(ReadOnlySpan<char> word, Reading reading)
    {
        var sample = _sample.AsSpan(0, word.Length);
        word.CopyTo(sample);
        var asItStands = Average(sample);
        if (reading.Cipher == Cipher.Reversed)
        {
            sample.Reverse();
            return Average(sample) < asItStands;
        }

        return AverageOf(CharacterModel.ReadSymbols(sample, _symbols), reading) < asItStands;
    }

    private static void AppendRead(MappedText source, int from, int to, Reading reading, MappedText target)
    {
        if (reading.Cipher == Cipher.Reversed)
        {
            AppendReversed(source, from, to, target);
            return;
        }

        var layer = reading is { Cipher: Cipher.Rotated, Shift: 13 } ? EncodingLayers.Rot13 : EncodingLayers.Caesar;
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

    /// <summary>Cost a character of a text under a reading; <c>_symbols</c> holds its symbols.</summary>
    private int AverageOf(int symbols, Reading reading)
    {
        Span<byte> meaning = stackalloc byte[CharacterModel.Symbols];
        for (var letter = 0; letter < CharacterModel.Gap; letter++)
        {
            meaning[letter] = (byte)CharacterModel.Symbol(reading.Read((char)('a' + letter)));
        }

        meaning[CharacterModel.Gap] = CharacterModel.Gap;
        return symbols == 0 ? int.MaxValue : language.CostOf(_symbols.AsSpan(0, symbols), meaning) / symbols;
    }

    private int Average(ReadOnlySpan<char> text)
    {
        var (cost, symbols) = language.CostOf(text);
        return symbols == 0 ? int.MaxValue : cost / symbols;
    }

    private static bool IsLetter(char character) => CharacterModel.Symbol(character) != CharacterModel.Gap;

    private enum Cipher
    {
        Rotated,
        Mirrored,
        Reversed,
    }

    private readonly record struct Reading(Cipher Cipher, int Shift)
    {
        public char Read(char letter) => Cipher == Cipher.Mirrored ? (char)('a' + 'z' - letter) : (char)('a' + ((letter - 'a' + Shift) % 26));
    }
}
