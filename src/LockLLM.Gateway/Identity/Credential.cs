using LockLLM.Contracts;

namespace LockLLM.Gateway.Identity;

/// <summary>Finds the key in a request. The first carrier with a value is the only one looked at.</summary>
internal static class Credential
{
    private const string Bearer = "Bearer ";

    public static ReadOnlySpan<char> Of(HttpRequest request)
    {
        if (IsInQuery(request))
        {
            return default;
        }

        var headers = request.Headers;
        if (Value(headers, HeaderNames.Key) is { } own)
        {
            return own;
        }

        var authorization = headers.Authorization.ToString().AsSpan().Trim();
        if (!authorization.IsEmpty)
        {
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : default;
        }

        return Value(headers, HeaderNames.XApiKey) ?? Value(headers, HeaderNames.ApiKey) ?? Value(headers, HeaderNames.GoogleApiKey);
    }

    // A key in an address ends up in access logs, so the call is refused even if a header carries a good one too.
    private static bool IsInQuery(HttpRequest request) =>
        request.QueryString.HasValue
        && request.Query.Any(static pair => pair.Value.Any(static value => value?.StartsWith(ApiKeyFormat.Prefix, StringComparison.Ordinal) == true));

    private static string? Value(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && !string.IsNullOrWhiteSpace(values.ToString()) ? values.ToString().Trim() : null;
}
