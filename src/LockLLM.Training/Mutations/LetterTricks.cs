using System.Text;

namespace LockLLM.Training.Mutations;

/// <summary>The same letters in another order, another case, another place of the alphabet, or further apart.</summary>
internal static class LetterTricks
{
    public static string RandomCase(string text, Random random) =>
        string.Concat(text.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    /// <summary>Words stay apart by three separators.</summary>
    public static string Spaced(string text, char separator) => string.Join(
        new string(separator, 3), text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => string.Join(separator, word.EnumerateRunes())));

    public static string Leetspeak(string text)
    {
        const string From = "aeiostbg", To = "43105789";
        return string.Concat(text.Select(c => From.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) is >= 0 and var at ? To[at] : c));
    }

    public static string Rotate(string text, int places) => EachLetter(text, index => (index + places) % 26);

    public static string Atbash(string text) => EachLetter(text, index => 25 - index);

    public static string Reverse(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Reverse())
        {
            result.Append(rune);
        }

        return result.ToString();
    }

    public static string ReverseWords(string text) => string.Join(' ', text.Split(' ').Reverse());

    private static string EachLetter(string text, Func<int, int> map) => string.Concat(text.Select(c => char.IsAsciiLetter(c)
        ? (char)(map((c | 0x20) - 'a') + (char.IsAsciiLetterUpper(c) ? 'A' : 'a'))
        : c));
}
