using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// The certificate in use. Looks at its files now and then, since mounted secrets change by links that no watcher sees;
/// a new pair that cannot be used leaves the former one in place.
/// </summary>
internal sealed partial class TlsCertificateStore(TlsOptions options, TimeProvider clock, ILogger<TlsCertificateStore> logger) : BackgroundService
{
    private byte[] _fingerprint = [];
    private byte[] _refused = [];
    private volatile SslStreamCertificateContext? _current;

    /// <summary>Certificate and chain; read at the first use.</summary>
    public SslStreamCertificateContext Current => _current ?? Open();

    /// <summary>Reads the files. What is wrong with them stops the start.</summary>
    public SslStreamCertificateContext Open()
    {
        try
        {
            var (fingerprint, context) = Read();
            (_fingerprint, _current) = (fingerprint, context);
            return context;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupRefusal($"The certificate of LockLLM:Tls:CertificateFile cannot be used: {wrong.Message}");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ReloadInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ConfigureAwait(ConfigureAwaitOptions.None))
        {
            Renew();
        }
    }

    private void Renew()
    {
        try
        {
            var now = Fingerprint();
            if (now.AsSpan().SequenceEqual(_fingerprint) || now.AsSpan().SequenceEqual(_refused))
            {
                return;
            }

            // Certificate and key are two files: a pair caught between the two does not fit and is tried again when it changes.
            _refused = now;
            var (fingerprint, context) = Read();
            (_fingerprint, _current, _refused) = (fingerprint, context, []);
            var notAfter = context.TargetCertificate.NotAfter.ToUniversalTime();
            LogRenewed(notAfter);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            LogRefused(new Fault(wrong));
        }
    }

    private (byte[] Fingerprint, SslStreamCertificateContext Context) Read()
    {
        var fingerprint = Fingerprint();
        var bytes = File.ReadAllBytes(options.CertificateFile!);
        var chain = new X509Certificate2Collection();
        X509Certificate2 certificate;
        if (X509Certificate2.GetCertContentType(bytes) == X509ContentType.Pfx)
        {
            chain.AddRange(X509CertificateLoader.LoadPkcs12Collection(bytes, options.Password));
            certificate = chain.FirstOrDefault(static one => one.HasPrivateKey) ?? throw new CryptographicException("The file holds no private key.");
        }
        else
        {
            var keyFile = options.KeyFile ?? options.CertificateFile!;
            using var pem = options.Password is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(options.CertificateFile!, password, keyFile)
                : X509Certificate2.CreateFromPemFile(options.CertificateFile!, keyFile);
            chain.ImportFromPemFile(options.CertificateFile!);
            // Windows cannot use the key of a certificate that was made from PEM until it went through PFX.
            certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), password: null);
        }

        return (fingerprint, SslStreamCertificateContext.Create(certificate, chain, offline: true));
    }

    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(options.CertificateFile!));
        if (options.KeyFile is { } key)
        {
            hash.AppendData(File.ReadAllBytes(key));
        }

        return hash.GetHashAndReset();
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "Serving a new certificate, valid until {NotAfter:u}")]
    private partial void LogRenewed(DateTime notAfter);

    [LoggerMessage(EventId = 1702, Level = LogLevel.Error, Message = "The changed certificate cannot be used; the former one stays. {Fault}")]
    private partial void LogRefused(Fault fault);
}
