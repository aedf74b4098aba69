using System.IO.Compression;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>What the body of an answer is, and what has to be done to it: its encoding is undone where the caller did not ask for one.</summary>
/// <param name="IsEvents">Whether events can be told apart in it: not where its encoding cannot be undone here; that goes on as it comes.</param>
/// <param name="IsPlainJson">Whether it can be read in passing.</param>
/// <param name="EncodingToUndo">Null to pass the bytes on as they are.</param>
internal readonly record struct AnswerBody(bool IsEvents, bool IsPlainJson, string? EncodingToUndo)
{
    private const string EventStream = "text/event-stream";

    /// <param name="acceptEncoding">What the caller said.</param>
    public static AnswerBody Of(HttpResponseMessage answer, string acceptEncoding)
    {
        var headers = answer.Content.Headers.NonValidated;
        var type = headers.TryGetValues("Content-Type", out var types) ? types.ToString() : "";
        var encoding = headers.TryGetValues("Content-Encoding", out var encodings) ? encodings.ToString().Trim().ToLowerInvariant() : null;
        var isEvents = type.AsSpan().TrimStart().StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) && (encoding is null or "identity" || IsKnown(encoding));
        // Chains of encodings and unknown ones go on as they are: the caller may know what to do.
        var undo = encoding is not null && IsKnown(encoding) && (isEvents || !Accepts(acceptEncoding, encoding)) ? encoding : null;
        return new AnswerBody(isEvents, type.Contains("json", StringComparison.OrdinalIgnoreCase) && (encoding is null || undo is not null), undo);
    }

    /// <summary>The body without the encoding that is to be undone.</summary>
    public Stream Decode(Stream body) => EncodingToUndo switch
    {
        null => body,
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
