using System.ComponentModel.DataAnnotations;
using OpenTelemetry.Exporter;

namespace LockLLM.Gateway.Hosting;

/// <summary>Where traces and metrics are sent.</summary>
internal sealed class OtlpOptions : IValidatableObject
{
    /// <summary>Address of an OpenTelemetry collector; absent: nothing is sent.</summary>
    public string? Endpoint { get; set; }

    public OtlpExportProtocol Protocol { get; set; } = OtlpExportProtocol.Grpc;

    /// <summary>Such as <c>authorization=Bearer abc</c>, separated by commas.</summary>
    public string? Headers { get; set; }

    /// <summary>Share of the requests that are traced, where the caller has not decided it.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not null && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("The field must be an http or https address.", [nameof(Endpoint)]);
        }
    }
}
