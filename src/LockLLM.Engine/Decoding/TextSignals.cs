namespace LockLLM.Engine.Decoding;

/// <summary>What one look at a text tells about the encodings it may contain.</summary>
internal readonly record struct TextSignals
{
    private const byte Digit = 1, Token = 2, Mark = 4, Percent = 8, Ampersand = 16, Backslash = 32, Equal = 64;

    private static readonly byte[] Classes = BuildClasses();

    public int Percents { get; init; }

    public int Ampersands { get; init; }

    public int Backslashes { get; init; }

    public int EqualsSigns { get; init; }

    public int Digits { get; init; }

    /// <summary>Dots and dashes in any of their forms.</summary>
    public int Marks { get; init; }

    /// <summary>The longest run of characters of the base64 alphabets.</summary>
    public int LongestToken { get; init; }

    /// <summary>Letters whose case differs from the letter before them, after a lower-case one: rare in prose.</summary>
    public int InnerCapitals { get; init; }

    public static TextSignals Of(ReadOnlySpan<char> chars)
    {
        int percents = 0, ampersands = 0, backslashes = 0, equalsSigns = 0, digits = 0, marks = 0;
        int run = 0, longest = 0, capitals = 0;
        var wasLower = false;
        foreach (var character in chars)
        {
            var kind = character < 128 ? Classes[character] : MorseLayer.IsMark(character) ? Mark : (byte)0;
            run = (kind & Token) != 0 ? run + 1 : 0;
            longest = Math.Max(longest, run);
            var isLower = character is >= 'a' and <= 'z';
            if (wasLower && character is >= 'A' and <= 'Z')
            {
                capitals++;
            }

            wasLower = isLower;
            if (isLower)
            {
                continue;
            }

            digits += kind & Digit;
            marks += (kind & Mark) >> 2;
            percents += (kind & Percent) >> 3;
            ampersands += (kind & Ampersand) >> 4;
            backslashes += (kind & Backslash) >> 5;
            equalsSigns += (kind & Equal) >> 6;
        }

        return new TextSignals
        {
            Percents = percents,
            Ampersands = ampersands,
            Backslashes = backslashes,
            EqualsSigns = equalsSigns,
            Digits = digits,
            Marks = marks,
            LongestToken = longest,
            InnerCapitals = capitals,
        };
    }

    private static byte[] BuildClasses()
    {
        var classes = new byte[128];
        for (var c = 0; c < 128; c++)
        {
            classes[c] = (byte)((char.IsAsciiDigit((char)c) ? Digit : 0)
                | (char.IsAsciiLetterOrDigit((char)c) || c is '+' or '/' or '-' or '_' ? Token : 0)
                | (c is '.' or '-' or '_' ? Mark : 0));
        }

        (classes['%'], classes['&'], classes['\\'], classes['=']) = (Percent, Ampersand, Backslash, Equal);
        return classes;
    }
}
