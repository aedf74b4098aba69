using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace LockLLM.Gateway.Hosting;

/// <summary>Reverse proxies whose word on the caller's address and scheme is believed.</summary>
internal sealed class ForwardingOptions : IValidatableObject
{
    /// <summary>Addresses, or networks such as <c>10.0.0.0/8</c>.</summary>
    public IList<string> KnownProxies { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => KnownProxies
        .Select(static (text, n) => (text, n)).Where(static item => Network(item.text) is null)
        .Select(static item => new ValidationResult("The field must be an address or a network such as 10.0.0.0/8.", [$"{nameof(KnownProxies)}:{item.n}"]));

    public static IPNetwork? Network(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out var network) ? network : null;
        }

        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128) : null;
    }
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
            forwarded.KnownIPNetworks.Add(ForwardingOptions.Network(known)!.Value);
        }

        app.UseForwardedHeaders(forwarded);
    }
}
