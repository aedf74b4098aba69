using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class TlsTests : IDisposable
{
    private const string Password = "violet-password-of-the-key";

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _certificates = new();
    private readonly GatewayFactory _gateway = new();

    public void Dispose()
    {
        _gateway.Dispose();
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("pair")]
    [InlineData("one file")]
    [InlineData("encrypted")]
    [InlineData("pfx")]
    public async Task Serves_a_certificate_with_its_chain(string form)
    {
        switch (form)
        {
            case "pair":
                Use(Write("tls.crt", _certificates.ChainPem), Write("tls.key", _certificates.KeyPem));
                break;
            case "one file":
                Use(Write("tls.pem", _certificates.ChainPem + _certificates.KeyPem));
                break;
            case "encrypted":
                Use(Write("tls.crt", _certificates.ChainPem), Write("tls.key", _certificates.EncryptedKeyPem(Password)), Password);
                break;
            default:
                var file = Path.Combine(_folder.Path, "tls.pfx");
                await File.WriteAllBytesAsync(file, _certificates.Pfx(Password));
                Use(file, password: Password);
                break;
        }

        var seen = await HandshakeAsync(_gateway.StartKestrel("https://127.0.0.1:0"), SslProtocols.None);
        Assert.Equal((SslProtocols.Tls13, _certificates.Hash, true), (seen.Protocol, seen.Hash, seen.HasIntermediate));
        Assert.DoesNotContain(_gateway.Logs.Lines, line => line.Contains(Password, StringComparison.Ordinal) || line.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Older_clients_are_served_only_if_allowed()
    {
        Use(Write("tls.crt", _certificates.ChainPem), Write("tls.key", _certificates.KeyPem));
        var address = _gateway.StartKestrel("https://127.0.0.1:0");
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(address, SslProtocols.Tls12));
        Assert.Equal(SslProtocols.Tls13, (await HandshakeAsync(address, SslProtocols.Tls13)).Protocol);

        using var lenient = new GatewayFactory();
        foreach (var (name, value) in _gateway.Settings)
        {
            lenient.Settings[name] = value;
        }

        lenient.Settings["LockLLM:Tls:AllowTls12"] = "true";
        var other = lenient.StartKestrel("https://127.0.0.1:0");
        Assert.Equal(SslProtocols.Tls12, (await HandshakeAsync(other, SslProtocols.Tls12)).Protocol);
        Assert.Equal(SslProtocols.Tls13, (await HandshakeAsync(other, SslProtocols.None)).Protocol);
    }

    [Fact]
    public async Task A_changed_certificate_is_served_without_a_restart_and_a_broken_one_is_not()
    {
        var (certificate, key) = (Write("tls.crt", _certificates.ChainPem), Write("tls.key", _certificates.KeyPem));
        Use(certificate, key);
        _gateway.Settings["LockLLM:Tls:ReloadInterval"] = "00:00:00.05";
        var address = _gateway.StartKestrel("https://127.0.0.1:0");
        Assert.Equal(_certificates.Hash, (await HandshakeAsync(address, SslProtocols.None)).Hash);

        Write("tls.crt", "not a certificate");
        await UntilAsync(() => Task.FromResult(_gateway.Logs.Lines.Any(line => line.Contains("the former one stays", StringComparison.Ordinal))));
        Assert.Equal(_certificates.Hash, (await HandshakeAsync(address, SslProtocols.None)).Hash);

        using var next = new TestCertificates();
        Write("tls.key", next.KeyPem);
        Write("tls.crt", next.ChainPem);
        await UntilAsync(async () => (await HandshakeAsync(address, SslProtocols.None)).Hash == next.Hash);
    }

    [Fact]
    public async Task Scans_over_tls_promise_to_come_back_over_tls()
    {
        Use(Write("tls.crt", _certificates.ChainPem), Write("tls.key", _certificates.KeyPem));
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString(HashAlgorithmName.SHA256) == _certificates.Hash } };
        using var client = new HttpClient(handler) { BaseAddress = _gateway.StartKestrel("https://127.0.0.1:0"), DefaultRequestVersion = HttpVersion.Version20 };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayFactory.Key);
        using var response = await client.ScanAsync("""{"input":"a"}""");
        await response.VerdictAsync();
        Assert.Equal("max-age=31536000", response.Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Plain_http_promises_nothing()
    {
        _gateway.StartKestrel();
        using var response = await _gateway.CreateCaller().ScanAsync("""{"input":"a"}""");
        Assert.Null(response.Header("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_start_without_a_usable_certificate_is_refused_and_says_why()
    {
        using var none = await GatewayProcess.RunToEndAsync("--urls", "https://127.0.0.1:0", "--LockLLM:DataDirectory", _folder.Path);
        Assert.Equal((1, true), (none.ExitCode, none.Output.Contains("LockLLM:Tls:CertificateFile", StringComparison.Ordinal)));
        using var broken = await GatewayProcess.RunToEndAsync("--urls", "https://127.0.0.1:0", "--LockLLM:DataDirectory", _folder.Path, "--LockLLM:Tls:CertificateFile", Write("broken.pem", "nothing"));
        Assert.Equal((1, true), (broken.ExitCode, broken.Output.Contains("LockLLM:Tls:CertificateFile", StringComparison.Ordinal)));
        using var mismatch = await GatewayProcess.RunToEndAsync("--LockLLM:DataDirectory", _folder.Path, "--LockLLM:Tls:KeyFile", "key.pem");
        Assert.Equal((1, true), (mismatch.ExitCode, mismatch.Output.Contains("LockLLM:Tls:CertificateFile", StringComparison.Ordinal)));
    }

    private void Use(string certificate, string? key = null, string? password = null)
    {
        _gateway.Settings["LockLLM:Tls:CertificateFile"] = certificate;
        if (key is not null)
        {
            _gateway.Settings["LockLLM:Tls:KeyFile"] = key;
        }

        if (password is not null)
        {
            _gateway.Settings["LockLLM:Tls:Password"] = password;
        }
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<(SslProtocols Protocol, string Hash, bool HasIntermediate)> HandshakeAsync(Uri address, SslProtocols protocols)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port);
        var (hash, hasIntermediate) = ("", false);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                hash = certificate!.GetCertHashString(HashAlgorithmName.SHA256);
                hasIntermediate = chain!.ChainPolicy.ExtraStore.Any(extra => extra.Subject == "CN=Test intermediate");
                return true;
            },
        });
        return (tls.SslProtocol, hash, hasIntermediate);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 2400, "waited for two minutes");
            await Task.Delay(50);
        }
    }
}
