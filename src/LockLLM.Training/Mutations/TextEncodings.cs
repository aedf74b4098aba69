using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LockLLM.Training.Mutations;

/// <summary>Encodings of whole texts, each as its users write it.</summary>
internal static class TextEncodings
{
    private const int MimeLine = 76;
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string Base64Url(string text) => Base64(text).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string Base64Lines(string text) =>
        string.Join('\n', Base64(text).Chunk(MimeLine).Select(line => new string(line)));

    public static string Base64Words(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Base64));

    public static string Base64Utf16(string text) => Convert.ToBase64String(Encoding.Unicode.GetBytes(text));

    public static string GzipBase64(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return Convert.ToBase64String(packed.ToArray());
    }

    public static string Base32(string text)
    {
        var result = new StringBuilder();
        var (bits, held) = (0, 0);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            bits = ((bits << 8) | value) & 0xFFF;
            held += 8;
            while (held >= 5)
            {
                held -= 5;
                result.Append(Base32Alphabet[(bits >> held) & 31]);
            }
        }

        if (held > 0)
        {
            result.Append(Base32Alphabet[(bits << (5 - held)) & 31]);
        }

        return result.Append('=', (8 - (result.Length % 8)) % 8).ToString();
    }

    public static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    public static string HexPairs(string text, string separator, string prefix) =>
        string.Join(separator, Encoding.UTF8.GetBytes(text).Select(value => prefix + value.ToString("x2", CultureInfo.InvariantCulture)));

    public static string Percent(string text) => EachByte(text, "%{0:X2}");

    public static string ByteEscapes(string text) => EachByte(text, "\\x{0:x2}");

    public static string QuotedPrintable(string text) => EachByte(text, "={0:X2}");

    public static string OctalEscapes(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(value => "\\" + Octal(value)));

    public static string HtmlDecimal(string text) => EachRune(text, "&#{0};");

    public static string HtmlHex(string text) => EachRune(text, "&#x{0:x};");

    public static string BracedEscapes(string text) => EachRune(text, "\\u{{{0:x}}}");

    public static string UnicodeEscapes(string text) =>
        string.Concat(text.Select(unit => string.Format(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)unit)));

    public static string Binary(string text) =>
        string.Join(' ', Encoding.UTF8.GetBytes(text).Select(value => value.ToString("b8", CultureInfo.InvariantCulture)));

    public static string DecimalCodes(string text) =>
        string.Join(' ', text.EnumerateRunes().Select(rune => rune.Value.ToString(CultureInfo.InvariantCulture)));

    public static string OctalCodes(string text) => string.Join(' ', Encoding.UTF8.GetBytes(text).Select(Octal));

    /// <summary>Signs that Morse code lacks are left out.</summary>
    public static string Morse(string text)
    {
        var words = text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => string.Join(' ', word.Select(MorseAlphabet.SignOf).Where(sign => sign.Length > 0)))
            .Where(word => word.Length > 0);
        return string.Join(" / ", words);
    }

    private static string Octal(byte value) => Convert.ToString(value, 8).PadLeft(3, '0');

    private static string EachByte(string text, string format) => string.Concat(
        Encoding.UTF8.GetBytes(text).Select(value => string.Format(CultureInfo.InvariantCulture, format, value)));

    private static string EachRune(string text, string format) => string.Concat(
        text.EnumerateRunes().Select(rune => string.Format(CultureInfo.InvariantCulture, format, rune.Value)));
}
