using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LockLLM.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>
/// A provider that offers HTTP/2 in its TLS handshake, as all of them do, and the gateway as its own process, which trusts
/// the provider's certificate as operators tell it to: by <c>SSL_CERT_FILE</c>.
/// </summary>
public sealed class Http2ProviderTests : IAsyncLifetime
{
    private const string Path = "/v1/proxy/openai/chat/completions";
    private const int Events = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private FakeProvider _provider = null!;
    private GatewayProcess _gateway = null!;
    private HttpClient _caller = null!;

    public async ValueTask InitializeAsync()
    {
        var trusted = System.IO.Path.Combine(_folder.Path, "provider.pem");
        await File.WriteAllTextAsync(trusted, _certificate.ExportCertificatePem());
        _provider = await FakeProvider.StartAsync(HttpProtocols.Http1AndHttp2, _certificate);
        _gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted },
            "--LockLLM:DataDirectory=" + System.IO.Path.Combine(_folder.Path, "data"), "--LockLLM:Bootstrap:ApiKey=" + GatewayFactory.Key, "--LockLLM:Egress:AllowPrivateNetworks=true",
            $"--LockLLM:Proxy:Roots:openai={_provider.Address}/v1", "--LockLLM:Bootstrap:ProviderKeys:0:Provider=openai", "--LockLLM:Bootstrap:ProviderKeys:0:ApiKey=sk-stored-0123456789");
        _caller = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _gateway.Address, Timeout = s_patience };
        _caller.DefaultRequestHeaders.Add(HeaderNames.Key, GatewayFactory.Key);
        _caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-violet");
    }

    public async ValueTask DisposeAsync()
    {
        _caller?.Dispose();
        _gateway?.Dispose();
        await _provider.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Calls_go_by_HTTP2_and_share_a_connection()
    {
        var connections = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var together = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.Answer = async context =>
        {
            connections.Enqueue(context.Connection.Id);
            if (connections.Count > 10)
            {
                together.TrySetResult();
            }
            else if (connections.Count > 1)
            {
                await together.Task.WaitAsync(s_patience);
            }

            await FakeProvider.Json("{\"ok\":true}")(context);
        };
        using (var first = await _caller.SendAsync(Chat(stream: false)))
        {
            Assert.Equal((HttpStatusCode.OK, "{\"ok\":true}"), (first.StatusCode, await first.Content.ReadAsStringAsync()));
        }

        // Ten at a time, none of which is answered before all have arrived.
        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _caller.SendAsync(Chat(stream: false)))))
        {
            using (response)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }

        Assert.All(_provider.Requests, static request => Assert.Equal(("HTTP/2", "Bearer sk-violet"), (request.Protocol, request.Header("Authorization"))));
        Assert.Single(connections.Distinct());
    }

    [Fact]
    public async Task Each_event_arrives_before_the_next_is_sent()
    {
        var received = new SemaphoreSlim(1);
        _provider.Answer = FakeProvider.Events([.. Enumerable.Range(0, Events).Select(static i => $"data: {i}\n\n")], async _ => Assert.True(await received.WaitAsync(s_patience)));
        using var response = await _caller.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "no"), (response.StatusCode, response.Header("X-Accel-Buffering")));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < Events; i++)
        {
            Assert.Equal(($"data: {i}", ""), (await reader.ReadLineAsync(), await reader.ReadLineAsync()));
            received.Release();
        }

        Assert.Null(await reader.ReadLineAsync());
        Assert.Equal("HTTP/2", Assert.Single(_provider.Requests).Protocol);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_ends_its_stream_and_not_the_connection()
    {
        var connections = new List<string>();
        _provider.Answer = async context =>
        {
            connections.Add(context.Connection.Id);
            await FakeProvider.Events(["data: 1\n\n"])(context);
            await FakeProvider.Stall()(context);
        };
        for (var call = 1; call <= 3; call++)
        {
            using (var response = await _caller.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead))
            {
                await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[7]);
            }

            await _provider.WaitForHangUpsAsync(call, s_patience);
        }

        Assert.Single(connections.Distinct());
    }

    [Fact]
    public async Task A_stream_that_the_provider_resets_ends_with_an_error_event()
    {
        _provider.Answer = async context =>
        {
            await FakeProvider.Events(["data: 1\n\n"])(context);
            context.Abort();
        };
        using var response = await _caller.SendAsync(Chat(stream: true), HttpCompletionOption.ResponseHeadersRead);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("provider_error", text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_provider_does_not_wait_for_is_not_sent_any_longer()
    {
        _provider.ReadsFirst = false;
        _provider.Answer = async context =>
        {
            context.Response.StatusCode = 401;
            await context.Response.Body.FlushAsync();
            await FakeProvider.Stall()(context);
        };
        // More than fits into the provider's window.
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent($$"""{"model":"m","messages":[{"role":"assistant","content":"{{new string('a', 4_000_000)}}"}]}""", Encoding.UTF8, "application/json") };
        _caller.DefaultRequestHeaders.Authorization = null;
        using var response = await _caller.SendAsync(request);
        await response.ErrorAsync(HttpStatusCode.Unauthorized, "provider_key_rejected");
        await _provider.WaitForHangUpsAsync(1, s_patience);
    }

    private static HttpRequestMessage Chat(bool stream) => new(HttpMethod.Post, Path)
    {
        Content = new StringContent($$"""{"model":"m","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"How do I descale a kettle?"}]}""", Encoding.UTF8, "application/json"),
    };

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=provider", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
