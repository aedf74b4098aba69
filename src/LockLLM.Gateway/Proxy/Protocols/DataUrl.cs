using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Content inside a request: <c>data:</c> URLs (RFC 2397) and base64 beside a media type.</summary>
internal static class DataUrl
{
    private const string Scheme = "data:";
    private const int MaxMediaType = 256;

    public static bool IsOne(ReadOnlySpan<char> text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && text.Contains(',');

    /// <summary>Takes a URL apart.</summary>
    public static bool TryRead(ReadOnlySpan<char> url, out ReadOnlySpan<char> mediaType, out bool isBase64, out ReadOnlySpan<char> content)
    {
        mediaType = default;
        isBase64 = false;
        content = default;
        if (!IsOne(url))
        {
            return false;
        }

        var comma = url.IndexOf(',');
        var head = url[Scheme.Length..comma].Trim();
        content = url[(comma + 1)..];
        isBase64 = head.EndsWith("base64", StringComparison.OrdinalIgnoreCase);
        mediaType = head.IndexOf(';') is >= 0 and var end ? head[..end].Trim() : isBase64 ? default : head;
        return mediaType.Length <= MaxMediaType;
    }

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

    /// <summary>Decodes to UTF-16; -1 when it is not what it claims to be, or not UTF-8.</summary>
    /// <param name="characters">Room for as many characters as the content has.</param>
    public static int Decode(ReadOnlySpan<char> content, bool isBase64, Span<char> characters)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(isBase64 ? content.Length + 4 : content.Length * 3);
        var length = 0;
        try
        {
            length = isBase64 ? FromBase64(content, bytes) : FromPercent(content, bytes);
            if (length < 0)
            {
                return -1;
            }

            var utf8 = bytes.AsSpan(0, length);
            if (utf8.StartsWith("%PDF-"u8))
            {
                return -1;
            }

            utf8 = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
            return Utf8.ToUtf16(utf8, characters, out _, out var written, replaceInvalidSequences: false) == OperationStatus.Done ? written : -1;
        }
        finally
        {
            Array.Clear(bytes);
            ArrayPool<byte>.Shared.Return(bytes);
        }
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
