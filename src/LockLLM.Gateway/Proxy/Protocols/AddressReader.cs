using Microsoft.AspNetCore.WebUtilities;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Finds the text in an address: some servers are asked with GET. Pure, as <see cref="PromptReader"/>.</summary>
internal static class AddressReader
{
    /// <summary>Segments of the path, and names and values of the query, that are more than a switch, as the user's; null where there are none.</summary>
    /// <param name="path">Decoded.</param>
    /// <param name="query">With its question mark, or empty.</param>
    /// <param name="unscanned">What of the body could not be read.</param>
    public static PromptMap? Read(string path, string query, UnscannedCounts unscanned)
    {
        // Nothing becomes longer by being decoded.
        var texts = new UserTexts(path.Length + query.Length + 1);
        foreach (var segment in path.AsSpan().Split('/'))
        {
            Add(path.AsSpan()[segment]);
        }

        foreach (var pair in new QueryStringEnumerable(query))
        {
            Add(pair.DecodeName().Span);
            Add(pair.DecodeValue().Span);
        }

        if (texts.Any)
        {
            return texts.ToMap(unscanned);
        }

        texts.Dispose();
        return null;

        void Add(ReadOnlySpan<char> words)
        {
            words.CopyTo(texts.Rest);
            texts.Take(words.Length);
        }
    }
}
