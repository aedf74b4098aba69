using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Hosting;

/// <summary>The certificate of <c>https://</c> addresses.</summary>
internal sealed class TlsOptions : IValidatableObject
{
    /// <summary>PFX, or PEM with the chain behind the certificate.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM; absent: the key is in the certificate file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Of the PFX, or of an encrypted key.</summary>
    public string? Password { get; set; }

    /// <summary>Whether clients that do not know TLS 1.3 are served.</summary>
    public bool AllowTls12 { get; set; }

    /// <summary>How often the files are looked at for a newer certificate.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CertificateFile is null && (KeyFile ?? Password) is not null)
        {
            yield return new ValidationResult("A key or password needs the certificate file that it belongs to.", [nameof(CertificateFile)]);
        }
    }
}
