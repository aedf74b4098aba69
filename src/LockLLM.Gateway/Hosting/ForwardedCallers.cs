using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.HttpOverrides;

namespace LockLLM.Gateway.Hosting;

/// <summary>Reverse proxies whose word on the caller's address and scheme is believed.</summary>
internal sealed class ForwardingOptions : IValidatableObject
{
    /// <summary>Addresses, or networks such as <c>10.0.0.0/8</c>.</summary>
    public IList<string> KnownProxies { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => KnownProxies
        .Select(static (text, n) => (text, n)).Where(static item => Networks.Parse(item.text) is null)
        .Select(static item => new ValidationResult("The field must be an address or a network such as 10.0.0.0/8.", [$"{nameof(KnownProxies)}:{item.n}"]));
}

/// <summary>Takes the caller's address and scheme from <c>X-Forwarded-For</c> and <c>-Proto</c>, from known proxies only.</summary>
internal static class ForwardedCallers
{
    public static void UseForwardedCallers(this IApplicationBuilder app, ForwardingOptions options)
    {
        if (options.KnownProxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        // The framework trusts loopback unless told otherwise.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var known in options.KnownProxies)
        {
            forwarded.KnownIPNetworks.Add(Networks.Parse(known)!.Value);
        }

        app.UseForwardedHeaders(forwarded);
    }
}
