using System.Net;
using System.Runtime.InteropServices;

namespace LockLLM.Client;

/// <summary>How our connections are made.</summary>
internal static class ClientHttp
{
    /// <summary>The largest answer that is read. A scan's is a few kilobytes, but redacted text may come back with it.</summary>
    public const int MaxAnswerBytes = 4 << 20;

    public static readonly string UserAgent =
        $"LockLLM.NET/{typeof(ClientHttp).Assembly.GetName().Version?.ToString(3)} ({RuntimeInformation.FrameworkDescription.Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal)})";

    /// <summary>No redirects, since they would carry prompt and key to another place; fresh addresses every few minutes.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    public static HttpClient CreateClient(HttpMessageHandler handler)
    {
        var client = new HttpClient(handler, disposeHandler: true);
        Configure(client);
        return client;
    }

    /// <summary>Deadlines are ours, one for each attempt.</summary>
    public static void Configure(HttpClient client)
    {
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
    }

    public static string NewRequestId() => "req_" + Guid.NewGuid().ToString("N");

    public static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 || !request.Headers.TryAddWithoutValidation(name, value))
        {
            throw new LockLlmConfigurationException($"{name} is no request header, or its value holds a line break.");
        }
    }
}
