using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Net.Http.Headers;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Providers;
using Microsoft.Extensions.Primitives;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Which headers cross the gateway.</summary>
internal static class HeaderFilter
{
    // RFC 9110, section 7.6.1: these speak of one connection.
    private static readonly string[] s_hopByHop =
        ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"];

    // Set anew for the provider; or about the caller, which is none of the provider's business.
    private static readonly FrozenSet<string> s_notSent = Set(
        [.. s_hopByHop, "Host", "Content-Length", "Expect", "Cookie", "Origin", "Referer", "Forwarded", "Via", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"]);

    private static readonly string[] s_notSentPrefixes = [HeaderNames.Prefix, "X-Forwarded-", "Sec-"];

    // What a provider may not say in the gateway's name: cookies and policies for the gateway's own origin, other addresses.
    private static readonly FrozenSet<string> s_notAnswered = Set(
        [
            .. s_hopByHop, "Content-Length", "Set-Cookie", "Set-Cookie2", "Location", "Refresh", "Alt-Svc", "Server", "Strict-Transport-Security",
            "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Clear-Site-Data", "Public-Key-Pins", "NEL", "Report-To",
            "Reporting-Endpoints", "Service-Worker-Allowed", "SourceMap", "X-Frame-Options", "WWW-Authenticate", HeaderNames.UsedScanMode,
            HeaderNames.RateLimitLimit, HeaderNames.RateLimitRemaining, HeaderNames.RateLimitReset, HeaderNames.RateLimitPolicy, HeaderNames.RateLimit,
        ]);

    private static readonly SearchValues<char> s_printable = SearchValues.Create(['\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(static code => (char)code)]);

    private static readonly string[] s_limits = [HeaderNames.RateLimitLimitRequests, HeaderNames.RateLimitRemainingRequests, HeaderNames.RateLimitResetRequests];

    // What clients act on.
    private static readonly string[] s_essentialPrefixes = [HeaderNames.UpstreamRequestId, "Request-Id", "Retry-After", "X-RateLimit-", "Anthropic-RateLimit-"];

    private static readonly string[] s_notAnsweredPrefixes = [HeaderNames.Prefix, "Access-Control-"];

    /// <summary>The caller's headers onto the message. Credentials go along only where they are the caller's own for the provider.</summary>
    public static void CopyRequest(IHeaderDictionary from, HttpRequestMessage to, bool withCredentials, bool isStream)
    {
        var isTraced = Activity.Current is not null;
        foreach (var (name, values) in from)
        {
            if (s_notSent.Contains(name) || HasPrefix(name, s_notSentPrefixes)
                || (!withCredentials && ProviderCredentials.IsCarrier(name))
                || (isStream && name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase))
                || (isTraced && IsTrace(name)))
            {
                continue;
            }

            Add(to, name, values);
        }

        if (isStream)
        {
            // Whole events can only be told apart in plain bytes.
            to.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        }
    }

    /// <summary>The provider's headers onto the answer, as far as there is room for them. What the gateway has set already stays.</summary>
    /// <param name="isDecoded">The body is passed on without the encoding that these headers name.</param>
    public static void CopyAnswer(HttpResponseMessage from, IHeaderDictionary to, bool isDecoded)
    {
        var connection = from.Headers.NonValidated.TryGetValues("Connection", out var values) ? new StringValues(values.ToString()) : default;
        foreach (var limit in s_limits)
        {
            if (from.Headers.NonValidated.Contains(limit))
            {
                // The provider's own limit is the one its clients look for under these names; never a mixture of two.
                foreach (var name in s_limits)
                {
                    to.Remove(name);
                }

                break;
            }
        }

        // Those of the body first: without its type it could not be read.
        var room = new Room();
        Copy(from.Content.Headers.NonValidated, to, connection, isDecoded, ref room);
        Copy(from.Headers.NonValidated, to, connection, isDecoded, ref room);
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to, StringValues connection, bool isDecoded, ref Room room)
    {
        foreach (var (name, values) in from)
        {
            if (name.Equals(HeaderNames.RequestId, StringComparison.OrdinalIgnoreCase))
            {
                Pass(to, HeaderNames.UpstreamRequestId, values, ref room);
                continue;
            }

            if (s_notAnswered.Contains(name) || HasPrefix(name, s_notAnsweredPrefixes) || Names(connection, name) || to.ContainsKey(name)
                || (isDecoded && name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            Pass(to, name, values, ref room);
        }
    }

    private static void Pass(IHeaderDictionary to, string name, HeaderStringValues values, ref Room room)
    {
        var kept = values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]);
        var bytes = 0;
        foreach (var value in kept)
        {
            // Kestrel sends ASCII only and fails on anything else.
            if (value.AsSpan().ContainsAnyExcept(s_printable))
            {
                return;
            }

            bytes += name.Length + value!.Length + ": \r\n".Length;
        }

        if (room.Takes(name, bytes))
        {
            to[name] = kept;
        }
    }

    private static void Add(HttpRequestMessage to, string name, StringValues values)
    {
        // Content headers are refused by the first collection.
        if (values.Count == 1)
        {
            var value = values.ToString();
            _ = to.Headers.TryAddWithoutValidation(name, value) || (to.Content?.Headers.TryAddWithoutValidation(name, value) ?? false);
        }
        else
        {
            string[] all = [.. values.Select(static value => value ?? "")];
            _ = to.Headers.TryAddWithoutValidation(name, all) || (to.Content?.Headers.TryAddWithoutValidation(name, all) ?? false);
        }
    }

    private static bool IsTrace(string name) =>
        name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase);

    private static bool HasPrefix(string name, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Names(StringValues connection, string name)
    {
        foreach (var value in connection)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Clients refuse answers with too many headers (Node at 16 KiB). Half of the 12 KiB that the contract allows is the gateway's own, the other the provider's.</summary>
    private struct Room()
    {
        private int _bytes = 5 * 1024;
        private int _reserved = 1024;

        public bool Takes(string name, int bytes)
        {
            if (bytes <= _bytes)
            {
                _bytes -= bytes;
                return true;
            }

            if (bytes > _reserved || !HasPrefix(name, s_essentialPrefixes))
            {
                return false;
            }

            _reserved -= bytes;
            return true;
        }
    }
}
