using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Content inside a request: <c>data:</c> URLs (RFC 2397) and base64 beside a media type.</summary>
internal static class DataUrl
{
    private const string Scheme = "data:";
    private const int MaxHead = 256;

    // Enough of a picture to see that it is no text.
    private const int SampleChars = 4096;

    // Base64 of anything but words has no run as long as this of letters of one case.
    private const int WordsRun = 24;
    private const int WordsLetters = 8;

    // A few bytes of a picture may be valid UTF-8 by chance, and hold no attack.
    private const int ShortestText = 16;

    private const int MaxScheme = 32;

    private static readonly SearchValues<char> s_scheme = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+.-");
    private static readonly SearchValues<char> s_space = SearchValues.Create(" \t\r\n");

    /// <summary>Takes a URL apart. Sentences that merely begin like one are none: their words would be taken for its head.</summary>
    public static bool TryRead(ReadOnlySpan<char> url, out ReadOnlySpan<char> mediaType, out bool isBase64, out ReadOnlySpan<char> content)
    {
        mediaType = default;
        isBase64 = false;
        content = default;
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || url.IndexOf(',') is not (>= 0 and var comma))
        {
            return false;
        }

        var head = url[Scheme.Length..comma];
        if (head.Length > MaxHead || head.ContainsAny(s_space))
        {
            return false;
        }

        content = url[(comma + 1)..];
        isBase64 = head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase);
        mediaType = head.IndexOf(';') is >= 0 and var end ? head[..end] : head;
        return true;
    }

    /// <summary>Whether a text is an address: a scheme and no blanks.</summary>
    public static bool IsAddress(ReadOnlySpan<char> text) =>
        text.IndexOf(':') is > 0 and < MaxScheme and var colon
        && char.IsAsciiLetter(text[0]) && !text[..colon].ContainsAnyExcept(s_scheme) && !text.ContainsAny(s_space);

    /// <summary>What content of a media type counts as; null for text, which is read.</summary>
    public static UnscannedKind? KindOf(ReadOnlySpan<char> mediaType, UnscannedKind otherwise)
    {
        // Some providers give the ending of a file name.
        if (!mediaType.Contains('/'))
        {
            return mediaType is "txt" or "md" or "csv" or "html" or "json" ? null : otherwise;
        }

        if (IsText(mediaType))
        {
            return null;
        }

        return Starts(mediaType, "image/") ? UnscannedKind.Image
            : Starts(mediaType, "audio/") ? UnscannedKind.Audio
            : Starts(mediaType, "video/") ? UnscannedKind.Video
            : UnscannedKind.File;
    }

    /// <summary>
    /// Finds out what content is, whatever it is said to be, and decodes it if it is text. A media type only decides what
    /// bytes that are no UTF-8 are: text in an older encoding, or no text.
    /// </summary>
    /// <param name="content">What stands behind the comma, or beside a media type.</param>
    /// <param name="isBase64">Otherwise it is percent-encoded.</param>
    /// <param name="saidToBe">By its media type; null for text.</param>
    /// <param name="characters">Room for as many characters as the content has.</param>
    /// <param name="length">Of the text.</param>
    public static ContentForm Decode(ReadOnlySpan<char> content, bool isBase64, UnscannedKind? saidToBe, Span<char> characters, out int length)
    {
        length = 0;
        var bytes = ArrayPool<byte>.Shared.Rent(isBase64 ? content.Length + 4 : content.Length * 3);
        try
        {
            if (!isBase64)
            {
                return FromUtf8(bytes.AsSpan(0, FromPercent(content, bytes)), characters, out length) ? ContentForm.Text : ContentForm.Unencoded;
            }

            if (saidToBe is not null && content.Length > SampleChars && FromBase64(content[..SampleChars], bytes) is >= 0 and var sampled && !BeginsAsText(bytes.AsSpan(0, sampled)))
            {
                return ContentForm.Bytes;
            }

            var decoded = FromBase64(content, bytes);
            return decoded < 0 ? ContentForm.Unencoded : ToText(bytes.AsSpan(0, decoded), saidToBe, characters, out length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    /// <summary>Whether base64 spells words: those who read it as text are told something then, whatever its bytes are.</summary>
    public static bool SpellsWords(ReadOnlySpan<char> base64)
    {
        var (run, letters, isLower) = (0, 0u, false);
        foreach (var character in base64)
        {
            if (character is ' ' or '\t' or '.' or ':' or '\'')
            {
                return true;
            }

            if (char.IsAsciiLetter(character))
            {
                if (char.IsAsciiLetterLower(character) != isLower)
                {
                    (run, letters, isLower) = (0, 0, !isLower);
                }

                letters |= 1u << ((character | 0x20) - 'a');
            }
            else if (character is not ('+' or '/' or '-' or '_' or '\r' or '\n'))
            {
                (run, letters) = (-1, 0);
            }

            if (++run >= WordsRun && BitOperations.PopCount(letters) >= WordsLetters)
            {
                return true;
            }
        }

        return false;
    }

    private static ContentForm ToText(ReadOnlySpan<byte> bytes, UnscannedKind? saidToBe, Span<char> characters, out int length)
    {
        length = 0;
        if (bytes.StartsWith("%PDF-"u8))
        {
            return ContentForm.Bytes;
        }

        if (FromUtf8(bytes, characters, out length) && (saidToBe is null || (length >= (saidToBe == UnscannedKind.File ? 1 : ShortestText) && !characters[..length].Contains('\0'))))
        {
            return ContentForm.Text;
        }

        length = 0;
        if (saidToBe is not null)
        {
            return ContentForm.Bytes;
        }

        var encoding = bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Encoding.Unicode : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Encoding.BigEndianUnicode : Encoding.Latin1;
        length = encoding.GetChars(bytes, characters);
        return ContentForm.Text;
    }

    private static bool FromUtf8(ReadOnlySpan<byte> bytes, Span<char> characters, out int length) =>
        Utf8.ToUtf16(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes, characters, out _, out length, replaceInvalidSequences: false) == OperationStatus.Done;

    // Cut off anywhere, so that its last character may be incomplete.
    private static bool BeginsAsText(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[SampleChars];
        var status = Utf8.ToUtf16(bytes, characters, out _, out var length, replaceInvalidSequences: false, isFinalBlock: false);
        return status is OperationStatus.Done or OperationStatus.NeedMoreData && !characters[..length].Contains('\0');
    }

    private static bool IsText(ReadOnlySpan<char> mediaType) =>
        Starts(mediaType, "text/")
        || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("/xml", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("yaml", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("javascript", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("typescript", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("ndjson", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("jsonl", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("/sql", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("x-sh", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("x-python", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("x-tex", StringComparison.OrdinalIgnoreCase);

    private static bool Starts(ReadOnlySpan<char> mediaType, string with) => mediaType.StartsWith(with, StringComparison.OrdinalIgnoreCase);

    // Providers take base64 with and without padding and line breaks, in both alphabets.
    private static int FromBase64(ReadOnlySpan<char> content, Span<byte> bytes)
    {
        var used = 0;
        foreach (var character in content)
        {
            if (character is ' ' or '\n' or '\r' or '\t')
            {
                continue;
            }

            if (character > '\u007F')
            {
                return -1;
            }

            bytes[used++] = character switch { '-' => (byte)'+', '_' => (byte)'/', _ => (byte)character };
        }

        while (used > 0 && bytes[used - 1] == (byte)'=')
        {
            used--;
        }

        while (used % 4 != 0)
        {
            bytes[used++] = (byte)'=';
        }

        return Base64.DecodeFromUtf8InPlace(bytes[..used], out var written) == OperationStatus.Done ? written : -1;
    }

    private static int FromPercent(ReadOnlySpan<char> content, Span<byte> bytes)
    {
        var length = Encoding.UTF8.GetBytes(content, bytes);
        var written = 0;
        for (var i = 0; i < length; i++)
        {
            var value = bytes[i];
            if (value == (byte)'%' && i + 2 < length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]))
            {
                value = (byte)((Convert.FromHexString([(char)bytes[i + 1], (char)bytes[i + 2]]))[0]);
                i += 2;
            }

            bytes[written++] = value;
        }

        return written;
    }
}

/// <summary>What content turned out to be.</summary>
internal enum ContentForm
{
    /// <summary>Text, now decoded.</summary>
    Text,

    /// <summary>Bytes that are no text, such as a picture.</summary>
    Bytes,

    /// <summary>Not in the encoding at all: what stands there is what is told.</summary>
    Unencoded,
}
