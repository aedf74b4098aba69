using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace LockLLM.Gateway.Egress;

/// <summary>
/// The only maker of HTTP handlers. Redirects are not followed, cookies not kept, proxies of the environment not used, and
/// every connection passes the <see cref="AddressGuard"/>, built-in hosts included.
/// </summary>
internal sealed class EgressHttp : IDisposable
{
    private const int MaxAnswerHeadersKilobytes = 32;

    private readonly SocketsHttpHandler _handler;

    public EgressHttp(EgressOptions options, AddressGuard guard)
    {
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = guard.ConnectAsync,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = options.ConnectionLifetime,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            MaxResponseHeadersLength = MaxAnswerHeadersKilobytes,
            // An answer that nobody wants any more is hung up on, not read for two seconds to save its connection: models
            // are paid by what they go on to say.
            ResponseDrainTimeout = TimeSpan.Zero,
            // Callers' header values are passed on in the bytes they came in.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
        };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>Sends one message as it is; the answer's body is not waited for.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>For short exchanges whose whole answer is wanted, such as tokens and notices.</summary>
    public HttpClient CreateClient(TimeSpan timeout, int maxAnswerBytes) =>
        new(_handler, disposeHandler: false) { Timeout = timeout, MaxResponseContentBufferSize = maxAnswerBytes };

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }
}
