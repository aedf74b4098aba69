using System.IO.Compression;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Undoes the encoding of an answer where the caller did not ask for one.</summary>
internal static class AnswerBody
{
    private const string EventStream = "text/event-stream";

    /// <summary>Whether events can be told apart in the answer: not in one whose encoding cannot be undone here, which goes on as it comes.</summary>
    public static bool IsEvents(HttpResponseMessage answer) =>
        answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString().AsSpan().TrimStart().StartsWith(EventStream, StringComparison.OrdinalIgnoreCase)
        && (!answer.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var encoding) || encoding.ToString() is "identity" || IsKnown(encoding.ToString().Trim().ToLowerInvariant()));

    public static bool IsJson(HttpResponseMessage answer) =>
        answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The encoding to undo, or null to pass the bytes on as they are.</summary>
    public static string? EncodingToUndo(HttpResponseMessage answer, string acceptEncoding, bool isEvents)
    {
        if (!answer.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var value))
        {
            return null;
        }

        // Chains of encodings and unknown ones go on as they are: the caller may know what to do.
        var encoding = value.ToString().Trim().ToLowerInvariant();
        return IsKnown(encoding) && (isEvents || !Accepts(acceptEncoding, encoding)) ? encoding : null;
    }

    public static Stream Decode(Stream body, string encoding) => encoding switch
    {
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        _ => new GZipStream(body, CompressionMode.Decompress),
    };

    private static bool IsKnown(string encoding) => encoding is "gzip" or "x-gzip" or "br" or "deflate";

    private static bool Accepts(string accepted, string encoding)
    {
        foreach (var range in accepted.AsSpan().Split(','))
        {
            var part = accepted.AsSpan()[range].Trim();
            var name = part[..(part.IndexOf(';') is >= 0 and var at ? at : part.Length)].TrimEnd();
            if ((name.Equals(encoding, StringComparison.OrdinalIgnoreCase) || name is "*") && !IsZero(part))
            {
                return true;
            }
        }

        return false;
    }

    // Weights have up to three decimals: 0, 0.0, 0.000.
    private static bool IsZero(ReadOnlySpan<char> part) =>
        part.IndexOf("q=", StringComparison.OrdinalIgnoreCase) is >= 0 and var at && part[(at + 2)..].Trim().TrimEnd('0') is "" or "0.";
}
