using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LockLLM.Gateway.Tests.Hosting;

/// <summary>A certificate for 127.0.0.1 with an intermediate and a root above it, made anew for each test.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public TestCertificates()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Authority("CN=Test root", rootKey).CreateSelfSigned(Begin, End);
        using var intermediate = Authority("CN=Test intermediate", intermediateKey).Create(_root, Begin, End, RandomNumberGenerator.GetBytes(8));
        _intermediate = intermediate.CopyWithPrivateKey(intermediateKey);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(_intermediate, Begin, End, RandomNumberGenerator.GetBytes(8));
        Leaf = leaf.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Leaf { get; }

    public string Hash => Leaf.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The certificate, and behind it the one that signed it.</summary>
    public string ChainPem => Leaf.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem() + "\n";

    public string KeyPem => Leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public string EncryptedKeyPem(string password) => Leaf.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    public byte[] Pfx(string password) => new X509Certificate2Collection { Leaf, X509CertificateLoader.LoadCertificate(_intermediate.RawData) }.Export(X509ContentType.Pfx, password)!;

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        Leaf.Dispose();
    }

    private static DateTimeOffset Begin { get; } = TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset End { get; } = Begin.AddDays(30);

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request;
    }
}
