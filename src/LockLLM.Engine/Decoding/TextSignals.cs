namespace LockLLM.Engine.Decoding;

/// <summary>What one look at a text tells about the encodings it may contain.</summary>
internal readonly record struct TextSignals
{
    // What a character counts as: eight bits each for six counts, so that one addition adds to all of them.
    private const int Field = 8;
    private const int FieldMask = (1 << Field) - 1;
    private const ulong Digit = 1, Mark = 1UL << Field, Percent = 1UL << (2 * Field), Ampersand = 1UL << (3 * Field),
        Backslash = 1UL << (4 * Field), EqualSign = 1UL << (5 * Field);

    // And its kind, above the counts.
    private const int KindAt = 60;
    private const ulong Token = 1UL << KindAt, Lower = 2UL << KindAt, Upper = 4UL << KindAt;

    private static readonly ulong[] Classes = BuildClasses();

    /// <summary>Of a text that was not looked at: any encoding may be in it.</summary>
    public static TextSignals Unknown { get; } = new()
    {
        Percents = int.MaxValue, Ampersands = int.MaxValue, Backslashes = int.MaxValue, EqualsSigns = int.MaxValue,
        Digits = int.MaxValue, Marks = int.MaxValue, LongestToken = int.MaxValue, InnerCapitals = int.MaxValue,
    };

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

    /// <summary>Without a branch on what comes: random characters would make the processor guess wrong at each.</summary>
    public static TextSignals Of(ReadOnlySpan<char> chars)
    {
        var signals = default(TextSignals);
        int run = 0, longest = 0, capitals = 0;
        ulong last = 0;
        while (!chars.IsEmpty)
        {
            var piece = chars[..Math.Min(FieldMask, chars.Length)];
            chars = chars[piece.Length..];
            ulong counts = 0;
            foreach (var character in piece)
            {
                var kind = character < 128 ? Classes[character] : MorseLayer.IsMark(character) ? Mark : 0;
                counts += kind;
                run = (run + 1) & -(int)((kind >> KindAt) & 1);
                longest = Math.Max(longest, run);
                capitals += (int)((kind >> (KindAt + 2)) & (last >> (KindAt + 1)) & 1);
                last = kind;
            }

            signals = signals.Plus(counts);
        }

        return signals with { LongestToken = longest, InnerCapitals = capitals };
    }

    private TextSignals Plus(ulong counts) => this with
    {
        Digits = Digits + Count(counts, 0),
        Marks = Marks + Count(counts, 1),
        Percents = Percents + Count(counts, 2),
        Ampersands = Ampersands + Count(counts, 3),
        Backslashes = Backslashes + Count(counts, 4),
        EqualsSigns = EqualsSigns + Count(counts, 5),
    };

    private static int Count(ulong counts, int field) => (int)(counts >> (field * Field)) & FieldMask;

    private static ulong[] BuildClasses()
    {
        var classes = new ulong[128];
        for (var c = 0; c < 128; c++)
        {
            classes[c] = (char.IsAsciiDigit((char)c) ? Digit : 0)
                | (char.IsAsciiLetterOrDigit((char)c) || c is '+' or '/' or '-' or '_' ? Token : 0)
                | (c is '.' or '-' or '_' ? Mark : 0)
                | (char.IsAsciiLetterLower((char)c) ? Lower : 0)
                | (char.IsAsciiLetterUpper((char)c) ? Upper : 0);
        }

        (classes['%'], classes['&'], classes['\\'], classes['=']) = (Percent, Ampersand, Backslash, EqualSign);
        return classes;
    }
}
