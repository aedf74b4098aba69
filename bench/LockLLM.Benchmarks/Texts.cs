using System.IO.Compression;
using System.Text;

namespace LockLLM.Benchmarks;

/// <summary>The texts that are scanned: everyday English, and texts made to be slow. The same on every run.</summary>
internal static class Texts
{
    public const int Prompt = 384;
    public const int Long = 10_000;
    public const int Longest = 100_000;

    private static readonly string[] s_openings =
        ["Could you explain", "I need a short note about", "Please compare", "My colleague asked me about", "Write two paragraphs on", "What is known about"];

    private static readonly string[] s_subjects =
        ["the water cycle", "our delivery times in March", "sourdough and yeast bread", "trains between Porto and Lisbon", "unit tests in C#", "the Treaty of Westphalia", "a fair rota for night shifts", "solar panels on flat roofs"];

    private static readonly string[] s_ends =
        ["for readers who are new to it.", "and keep it under 200 words.", "with one example from daily life.", "since the meeting starts at 9:30.", "- prices are in euros (net).", "but leave the history out.", "so that my daughter understands it."];

    private static readonly string s_plain = Plain();

    /// <summary>Everyday English of a length.</summary>
    public static string Everyday(int length) => s_plain[..length];

    /// <summary>One prompt of <see cref="Prompt"/> characters out of many.</summary>
    public static string EverydayPrompt(int number) => s_plain.Substring(number * 97 % (Longest - Prompt), Prompt);

    /// <summary>Everyday English in base64, three times over.</summary>
    public static string NestedBase64()
    {
        var text = Everyday(Longest * 27 / 64);
        for (var layer = 0; layer < 3; layer++)
        {
            text = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }

        return Fill(text);
    }

    /// <summary>Base64 of gzip, again and again, each holding a thousand times its size.</summary>
    public static string GzipBombs()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Fill("the cat sat on the mat and ", 260_000)));
        }

        return Fill(Convert.ToBase64String(compressed.ToArray()) + " ");
    }

    /// <summary>Any of the visible ASCII characters, so that something of every encoding is among them.</summary>
    public static string RandomCharacters() => string.Create(Longest, 0, static (text, _) =>
    {
        var random = new Random(3);
        foreach (ref var character in text)
        {
            character = (char)random.Next(' ', '\x7F');
        }
    });

    /// <summary>Base64 of bytes that are no text.</summary>
    public static string RandomBase64()
    {
        var bytes = new byte[Longest * 3 / 4];
        new Random(1).NextBytes(bytes);
        return Fill(Convert.ToBase64String(bytes));
    }

    public static string OneLongWord() => string.Create(Longest, 0, static (text, _) =>
    {
        var random = new Random(2);
        foreach (ref var letter in text)
        {
            letter = (char)('a' + random.Next(26));
        }
    });

    public static string CombiningMarks() => string.Create(Longest, 0, static (text, _) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (char)('\u0300' + (i % 0x60));
        }
    });

    public static string DeepJson() => new string('[', Longest / 2) + new string(']', Longest / 2);

    public static string PercentLetters() => Fill("%41");

    public static string SingleLetters() => Fill("a b c d e f g h i j k l m n o p q r s t u v w x y z ");

    public static string Leetspeak() => Fill("h0w d0 y0u 5p3ll th15 w0rd w1th0ut l3tt3r5 4t 4ll ");

    /// <summary>Letters three places on, as Caesar wrote them.</summary>
    public static string Caesar() => string.Create(Longest, 0, static (text, _) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            var letter = s_plain[i];
            text[i] = char.IsAsciiLetterLower(letter) ? (char)('a' + ((letter - 'a' + 3) % 26)) : letter;
        }
    });

    /// <summary>Lone characters far apart: each looks like the beginning of a word with its letters set apart.</summary>
    public static string LoneCharacters() => Fill("\n\n\n\n\n@");

    /// <summary>Words of random letters: each might be enciphered.</summary>
    public static string RandomWords() => string.Create(Longest, 0, static (text, _) =>
    {
        var random = new Random(5);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = i % 6 == 5 ? ' ' : (char)('a' + random.Next(26));
        }
    });

    public static string HtmlReferences() => Fill("&#65;&#x42;&amp;");

    public static string Morse() => Fill(".-- --- .-. -.. ... / ");

    public static string BinaryDigits() => Fill("01100001 01100010 00100000 ");

    private static string Plain()
    {
        var random = new Random(384);
        var text = new StringBuilder(Longest + 128);
        while (text.Length < Longest)
        {
            text.Append(s_openings[random.Next(s_openings.Length)]).Append(' ')
                .Append(s_subjects[random.Next(s_subjects.Length)]).Append(' ')
                .Append(s_ends[random.Next(s_ends.Length)]).Append(random.Next(5) == 0 ? '\n' : ' ');
        }

        return text.ToString(0, Longest);
    }

    private static string Fill(string pattern, int length = Longest)
    {
        var text = new StringBuilder(length + pattern.Length);
        while (text.Length < length)
        {
            text.Append(pattern);
        }

        return text.ToString(0, length);
    }
}
