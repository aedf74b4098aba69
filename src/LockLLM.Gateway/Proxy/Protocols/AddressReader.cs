using LockLLM.Gateway.Scanning;
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
        PromptText? text = null;
        List<TextPart> parts = [];
        foreach (var segment in path.AsSpan().Split('/'))
        {
            Add(path.AsSpan()[segment]);
        }

        foreach (var pair in new QueryStringEnumerable(query))
        {
            Add(pair.DecodeName().Span);
            Add(pair.DecodeValue().Span);
        }

        return text is null ? null : new PromptMap(text, [.. parts], parts.Count) { Unscanned = unscanned };

        void Add(ReadOnlySpan<char> words)
        {
            if (words.Trim().IsEmpty || BodyReader.IsSwitch(words))
            {
                return;
            }

            // Nothing becomes longer by being decoded.
            text ??= new PromptText(path.Length + query.Length + 1);
            var (start, scalars) = (text.Span.Length, text.Scalars);
            words.CopyTo(text.Rest);
            text.Written(words.Length);
            parts.Add(new TextPart(TextOrigin.User, TextPart.Standing, start, words.Length, text.Scalars - scalars, BodyStart: 0, BodyLength: 0));
        }
    }
}
