namespace LockLLM.Training.Mutations;

/// <summary>International Morse code (ITU-R M.1677-1): letters, figures and signs of punctuation.</summary>
internal static class MorseAlphabet
{
    private static readonly string[] Letters =
    [
        ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.", "---", ".--.", "--.-", ".-.",
        "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    ];

    private static readonly string[] Figures =
        ["-----", ".----", "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----."];

    /// <summary>One character in this many may be lost.</summary>
    private const int MaxLoss = 20;

    /// <summary>Whether nearly all of a text can be keyed: there are signs for Latin letters, figures and common punctuation.</summary>
    public static bool CanCarry(string text) =>
        text.Count(static c => !char.IsWhiteSpace(c) && SignOf(char.ToLowerInvariant(c)).Length == 0) * MaxLoss <= text.Length;

    /// <summary>The sign of a small letter, a figure or a common sign; empty for anything else.</summary>
    public static string SignOf(char character) => character switch
    {
        >= 'a' and <= 'z' => Letters[character - 'a'],
        >= '0' and <= '9' => Figures[character - '0'],
        '.' => ".-.-.-",
        ',' => "--..--",
        '?' => "..--..",
        '!' => "-.-.--",
        '\'' => ".----.",
        '"' => ".-..-.",
        ':' => "---...",
        '-' => "-....-",
        '/' => "-..-.",
        '(' => "-.--.",
        ')' => "-.--.-",
        '=' => "-...-",
        '@' => ".--.-.",
        '&' => ".-...",
        ';' => "-.-.-.",
        '+' => ".-.-.",
        '_' => "..--.-",
        _ => "",
    };
}
