using System.Text;

namespace LockLLM.Training.Mutations;

/// <summary>Other characters that look the same to a reader, and characters that nobody sees.</summary>
internal static class CharacterDisguises
{
    private const string ZeroWidthCharacters = "\u200B\u200C\u200D\u2060\uFEFF";
    private const string BidiCharacters = "\u200E\u200F\u202A\u202C\u2066\u2069";

    public static string ZeroWidth(string text, Random random) => Sprinkle(text, ZeroWidthCharacters, random);

    public static string BidiControls(string text, Random random) => Sprinkle(text, BidiCharacters, random);

    public static string Between(string text, string separator) => string.Join(separator, text.EnumerateRunes());

    /// <summary>Only ASCII has tag characters; the rest stays as it is.</summary>
    public static string Tags(string text) =>
        string.Concat(text.Select(c => c is >= ' ' and <= '~' ? char.ConvertFromUtf32(0xE0000 + c) : c.ToString()));

    /// <summary>The bytes of the text behind one visible emoji.</summary>
    public static string VariationSelectors(string text) => "😊" + string.Concat(Encoding.UTF8.GetBytes(text)
        .Select(value => char.ConvertFromUtf32(value < 16 ? 0xFE00 + value : 0xE0100 + value - 16)));

    public static string Fullwidth(string text) => string.Concat(text.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c));

    /// <summary>Letters from an alphabet that Unicode has in one piece for capitals and one for small letters.</summary>
    public static string Shifted(string text, int firstCapital, int firstSmall)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var character in text)
        {
            if (char.IsAsciiLetter(character))
            {
                var first = char.IsAsciiLetterUpper(character) ? firstCapital : firstSmall;
                result.Append(char.ConvertFromUtf32(first + (character | 0x20) - 'a'));
            }
            else
            {
                result.Append(character);
            }
        }

        return result.ToString();
    }

    public static string SmallCapitals(string text) =>
        Replace(text, "abcdefghijklmnopqrstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ");

    public static string Cyrillic(string text) => Replace(text, "aceopxyijsAEOPCTXHKMB", "асеорхуіјѕАЕОРСТХНКМВ");

    public static string Greek(string text) => Replace(text, "aoinvuptxkABEHIKMNOPTXYZ", "αοιηνυρτχκΑΒΕΗΙΚΜΝΟΡΤΧΥΖ");

    public static string StackedMarks(string text, Random random)
    {
        var result = new StringBuilder(text.Length * 3);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune);
            for (var marks = Rune.IsLetter(rune) ? random.Next(3) : 0; marks > 0; marks--)
            {
                result.Append((char)random.Next(0x300, 0x340));
            }
        }

        return result.ToString();
    }

    private static string Replace(string text, string from, string to) =>
        string.Concat(text.Select(c => from.IndexOf(c, StringComparison.Ordinal) is >= 0 and var at ? to[at] : c));

    private static string Sprinkle(string text, string characters, Random random)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune);
            if (random.Next(3) > 0)
            {
                result.Append(characters[random.Next(characters.Length)]);
            }
        }

        return result.ToString();
    }
}
