namespace LockLLM.Training.Mutations;

/// <summary>Every disguise that training and evaluation use.</summary>
internal static class Disguises
{
    public static IReadOnlyList<Disguise> Encodings { get; } =
    [
        new("base64", TextEncodings.Base64),
        new("base64 url-safe", TextEncodings.Base64Url),
        new("base64 in lines", TextEncodings.Base64Lines),
        new("base64 of each word", TextEncodings.Base64Words),
        new("base64 of utf-16", TextEncodings.Base64Utf16),
        new("base64 of gzip", TextEncodings.GzipBase64),
        new("base64 reversed", text => LetterTricks.Reverse(TextEncodings.Base64(text))),
        new("base32", TextEncodings.Base32),
        new("hex", TextEncodings.Hex),
        new("hex in pairs", text => TextEncodings.HexPairs(text, " ", "")),
        new("hex with 0x", text => TextEncodings.HexPairs(text, ", ", "0x")),
        new("hex with colons", text => TextEncodings.HexPairs(text, ":", "")),
        new("percent", TextEncodings.Percent),
        new("html decimal", TextEncodings.HtmlDecimal),
        new("html hex", TextEncodings.HtmlHex),
        new("unicode escapes", TextEncodings.UnicodeEscapes),
        new("unicode escapes in braces", TextEncodings.BracedEscapes),
        new("byte escapes", TextEncodings.ByteEscapes),
        new("octal escapes", TextEncodings.OctalEscapes),
        new("quoted-printable", TextEncodings.QuotedPrintable),
        new("binary", TextEncodings.Binary),
        new("binary packed", text => TextEncodings.Binary(text).Replace(" ", "", StringComparison.Ordinal)),
        new("decimal codes", TextEncodings.DecimalCodes),
        new("octal codes", TextEncodings.OctalCodes),
        new("morse", TextEncodings.Morse) { CanCarry = MorseAlphabet.CanCarry },
    ];

    public static IReadOnlyList<Disguise> CharacterTricks { get; } =
    [
        new("zero-width", CharacterDisguises.ZeroWidth),
        new("bidi controls", CharacterDisguises.BidiControls),
        new("soft hyphens", text => CharacterDisguises.Between(text, "\u00AD")),
        new("unicode tags", CharacterDisguises.Tags),
        new("variation selectors", CharacterDisguises.VariationSelectors),
        new("fullwidth", CharacterDisguises.Fullwidth),
        new("math bold", text => CharacterDisguises.Shifted(text, 0x1D400, 0x1D41A)),
        new("math script", text => CharacterDisguises.Shifted(text, 0x1D4D0, 0x1D4EA)),
        new("math fraktur", text => CharacterDisguises.Shifted(text, 0x1D56C, 0x1D586)),
        new("circled", text => CharacterDisguises.Shifted(text, 0x24B6, 0x24D0)),
        new("black squares", text => CharacterDisguises.Shifted(text, 0x1F170, 0x1F170)),
        new("regional indicators", text => CharacterDisguises.Shifted(text, 0x1F1E6, 0x1F1E6)),
        new("small capitals", CharacterDisguises.SmallCapitals),
        new("stacked marks", CharacterDisguises.StackedMarks),
        new("cyrillic look-alikes", CharacterDisguises.Cyrillic),
        new("greek look-alikes", CharacterDisguises.Greek),
    ];

    public static IReadOnlyList<Disguise> Ciphers { get; } =
    [
        new("random case", LetterTricks.RandomCase),
        new("spaced letters", text => LetterTricks.Spaced(text, ' ')),
        new("dotted letters", text => LetterTricks.Spaced(text, '.')),
        new("dashed letters", text => LetterTricks.Spaced(text, '-')),
        new("leetspeak", LetterTricks.Leetspeak),
        new("rot13", text => LetterTricks.Rotate(text, 13)),
        new("caesar 3", text => LetterTricks.Rotate(text, 3)),
        new("caesar 7", text => LetterTricks.Rotate(text, 7)),
        new("atbash", LetterTricks.Atbash),
        new("reversed characters", LetterTricks.Reverse),
        new("reversed words", LetterTricks.ReverseWords),
    ];

    public static IReadOnlyList<Disguise> Nested { get; } =
    [
        Named("base64").Over(Named("hex")),
        Named("hex").Over(Named("base64")),
        Named("base64").Over(Named("base64")),
        Named("percent").Over(Named("base64")),
        Named("base64").Over(Named("rot13")),
        Named("hex").Over(Named("base64").Over(Named("rot13"))),
        Named("base64").Over(Named("unicode escapes")),
        Named("html decimal").Over(Named("base64")),
        Named("fullwidth").Over(Named("base64")),
        Named("zero-width").Over(Named("base64")),
        Named("unicode tags").Over(Named("base64")),
    ];

    /// <summary>Those that cannot be undone to the letter. Words in reversed order, which nothing undoes, count four times.</summary>
    public static IReadOnlyList<Disguise> Lossy { get; } =
    [
        .. Ciphers.Where(static disguise => disguise.Name != "random case"), Named("morse"), Named("base64 of each word"),
        .. Enumerable.Repeat(Named("reversed words"), 3),
    ];

    public static IReadOnlyList<Disguise> All { get; } = [.. Encodings, .. CharacterTricks, .. Ciphers, .. Nested];

    private static Disguise Named(string name) => Encodings.Concat(CharacterTricks).Concat(Ciphers).First(d => d.Name == name);
}
