using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// Signature Version 4 of AWS. The canonical request of its documentation, step by step; host, date, content hash, content
/// type and session token are signed, which are the headers that nothing on the way changes.
/// </summary>
internal static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Terminator = "aws4_request";
    private const string DateHeader = "x-amz-date";
    private const string TokenHeader = "x-amz-security-token";

    public static void Sign(HttpRequestMessage message, ReadOnlySpan<byte> body, AwsAccessKey key, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var headers = new SortedList<string, string>(StringComparer.Ordinal)
        {
            ["host"] = message.RequestUri!.Authority,
            [DateHeader] = time,
        };
        message.Headers.Remove(DateHeader);
        message.Headers.TryAddWithoutValidation(DateHeader, time);
        if (key.SessionToken is { Length: > 0 } token)
        {
            headers[TokenHeader] = token;
            message.Headers.Remove(TokenHeader);
            message.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        if (message.Content?.Headers.NonValidated.TryGetValues("Content-Type", out var contentType) == true)
        {
            headers["content-type"] = contentType.ToString();
        }

        message.Headers.TryAddWithoutValidation("Authorization", Authorization(message.Method.Method, message.RequestUri, headers, body, key, time));
    }

    /// <summary>The value of the header, from the names and values to sign, in order of their lower-case names.</summary>
    public static string Authorization(string method, Uri address, SortedList<string, string> headers, ReadOnlySpan<byte> body, AwsAccessKey key, string time)
    {
        var signedHeaders = string.Join(';', headers.Keys);
        var canonical = string.Join(
            '\n',
            [
                method,
                CanonicalPath(address),
                CanonicalQuery(address),
                .. headers.Select(static header => $"{header.Key}:{Collapse(header.Value)}"),
                "",
                signedHeaders,
                Hex(SHA256.HashData(body)),
            ]);
        var date = time[..8];
        var scope = $"{date}/{key.Region}/{key.Service}/{Terminator}";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signing = new[] { date, key.Region!, key.Service, Terminator }
            .Aggregate(Encoding.UTF8.GetBytes("AWS4" + key.Secret), static (derived, part) => HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(part)));
        var signature = Hex(HMACSHA256.HashData(signing, Encoding.UTF8.GetBytes(toSign)));
        return $"{Algorithm} Credential={key.Id}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}";
    }

    // The path as sent, escaped once more: every service but S3 wants it so.
    private static string CanonicalPath(Uri address) => string.Join('/', address.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string CanonicalQuery(Uri address)
    {
        var pairs = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair =>
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at < 0 ? (pair, "") : (pair[..at], pair[(at + 1)..]);
            return (Name: Uri.EscapeDataString(Uri.UnescapeDataString(name)), Value: Uri.EscapeDataString(Uri.UnescapeDataString(value)));
        });
        return string.Join('&', pairs.OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Value, StringComparer.Ordinal).Select(static pair => $"{pair.Name}={pair.Value}"));
    }

    private static string Collapse(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
