using System.Buffers;
using System.Text;
using System.Text.Unicode;
using LockLLM.Gateway.Errors;
using Microsoft.Net.Http.Headers;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>
/// Finds the text in bodies that do not call themselves JSON, on paths that no protocol describes: forms hold prompts beside
/// their files, and some servers read JSON whatever it is called. Pure, as <see cref="PromptReader"/>.
/// </summary>
internal static class UploadReader
{
    private const int SniffedBytes = 1024;
    private const string EncodedForm = "application/x-www-form-urlencoded";

    // Blanks, marks of byte order, and the zeros between characters of two bytes.
    private static readonly SearchValues<byte> s_beforeJson = SearchValues.Create([0, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', 0xEF, 0xBB, 0xBF, 0xFE, 0xFF]);
    private static readonly byte[] s_lineEnd = "\r\n"u8.ToArray();

    /// <summary>Reads a body; gives either its map or the error.</summary>
    public static Error? Read(string? contentType, ReadOnlyMemory<byte> bytes, int maxMessages, out PromptMap? map)
    {
        var body = bytes.Span;
        var isJson = BeginsAsJson(new ReadOnlySequence<byte>(bytes)) == true;
        if (isJson && PromptReader.Read(ProtocolKind.Unknown, body, maxMessages, out map) is null)
        {
            return null;
        }

        map = null;
        if (isJson && body.Contains((byte)0))
        {
            return RequestErrors.NotJson;
        }

        var upload = new Upload(body.Length);
        try
        {
            if (FormBoundary(contentType) is { } boundary)
            {
                ReadForm(body, Encoding.UTF8.GetBytes("--" + boundary), ref upload);
            }
            else if (!upload.Add(body, isEncoded: IsEncodedForm(contentType)))
            {
                upload.Unscanned.Add(UnscannedKind.Body);
            }

            map = upload.ToMap();
            return null;
        }
        finally
        {
            if (map is null)
            {
                upload.Texts.Dispose();
            }
        }
    }

    /// <summary>Whether a body is JSON by its first bytes; null where more are needed to tell.</summary>
    public static bool? BeginsAsJson(in ReadOnlySequence<byte> body)
    {
        foreach (var segment in body)
        {
            if (segment.Span.IndexOfAnyExcept(s_beforeJson) is >= 0 and var at)
            {
                return segment.Span[at] is (byte)'{' or (byte)'[' or (byte)'"';
            }
        }

        // So many blanks are there to hide something.
        return body.Length >= SniffedBytes ? true : null;
    }

    /// <summary>Whether a type is one of text, or of a form.</summary>
    public static bool HoldsText(string? contentType) => FormBoundary(contentType) is not null || IsText(contentType);

    private static bool IsText(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals(EncodedForm, StringComparison.OrdinalIgnoreCase) || DataUrl.KindOf(type.MediaType.AsSpan(), UnscannedKind.File) is null);

    private static bool IsEncodedForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals(EncodedForm, StringComparison.OrdinalIgnoreCase);

    private static string? FormBoundary(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase) && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } boundary ? boundary : null;

    // RFC 2046, section 5.1. What is not well formed is read as text rather than left out.
    private static void ReadForm(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, ref Upload upload)
    {
        byte[] between = [.. s_lineEnd, .. delimiter];
        var rest = body;
        if (!rest.StartsWith(delimiter))
        {
            upload.Add(Until(ref rest, between), isEncoded: false);
        }
        else
        {
            rest = rest[delimiter.Length..];
        }

        while (!rest.IsEmpty)
        {
            var part = Until(ref rest, between);
            if (part.StartsWith("--"u8))
            {
                // What follows the end is for nobody, and read all the same.
                upload.Add(part[2..], isEncoded: false);
                continue;
            }

            var end = part.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                upload.Add(part, isEncoded: false);
                continue;
            }

            ReadField(Encoding.UTF8.GetString(part[..end]), part[(end + 4)..], ref upload);
        }
    }

    private static void ReadField(string head, ReadOnlySpan<byte> content, ref Upload upload)
    {
        string? name = null;
        string? mediaType = null;
        var isFile = false;
        foreach (var line in head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (header, value) = colon < 0 ? ("", line) : (line[..colon].Trim(), line[(colon + 1)..].Trim());
            if (header.Equals(HeaderNames.ContentDisposition, StringComparison.OrdinalIgnoreCase) && ContentDispositionHeaderValue.TryParse(value, out var disposition))
            {
                name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
                isFile = disposition.FileName.HasValue || disposition.FileNameStar.HasValue;
            }
            else if (header.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase) && MediaTypeHeaderValue.TryParse(value, out var type))
            {
                mediaType = type.MediaType.Value;
            }
        }

        if (isFile || !upload.Add(content, isEncoded: false))
        {
            upload.Unscanned.Add(DataUrl.KindOf(mediaType, UnscannedKind.File) ?? UnscannedKind.File);
        }
        else if (name == "model")
        {
            upload.Model = Encoding.UTF8.GetString(content);
        }
        else if (name == "stream")
        {
            upload.IsStream = content.SequenceEqual("true"u8);
        }
    }

    private static ReadOnlySpan<byte> Until(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> delimiter)
    {
        var end = rest.IndexOf(delimiter);
        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + delimiter.Length)..];
        return part;
    }

    /// <summary>The texts found so far.</summary>
    private struct Upload(int bytes)
    {
        // No text has more UTF-16 units than bytes.
        public UserTexts Texts { get; } = new(bytes + 1);

        public UnscannedCounts Unscanned;

        public string? Model { get; set; }

        public bool IsStream { get; set; }

        /// <summary>False for what is no text.</summary>
        public readonly bool Add(ReadOnlySpan<byte> content, bool isEncoded)
        {
            if (Utf8.ToUtf16(content, Texts.Rest, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                return false;
            }

            if (isEncoded)
            {
                var decoded = Uri.UnescapeDataString(Texts.Rest[..length].ToString().Replace('+', ' '));
                decoded.CopyTo(Texts.Rest);
                length = decoded.Length;
            }

            Texts.Take(length);
            return true;
        }

        public readonly PromptMap ToMap() => Texts.ToMap(Unscanned, Model, IsStream);
    }
}
