using System.Security.Authentication;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LockLLM.Gateway.Hosting;

/// <summary>TLS on the addresses that begin with <c>https://</c>.</summary>
internal static class Tls
{
    public static IServiceCollection AddTls(this IServiceCollection services, TlsOptions options, string? addresses)
    {
        if (options.CertificateFile is null)
        {
            return addresses?.Contains("https://", StringComparison.OrdinalIgnoreCase) != true
                ? services
                : throw new StartupRefusal("An https address needs a certificate. Set LockLLM:Tls:CertificateFile, and LockLLM:Tls:KeyFile for a key in a file of its own.");
        }

        services.AddSingleton(options);
        services.AddSingleton<TlsCertificateStore>();
        services.AddHostedService(static provider => provider.GetRequiredService<TlsCertificateStore>());
        services.AddOptions<KestrelServerOptions>().Configure<TlsCertificateStore>((kestrel, store) =>
        {
            store.Open();
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = options.AllowTls12 ? SslProtocols.Tls13 | SslProtocols.Tls12 : SslProtocols.Tls13;
                https.ServerCertificateSelector = (_, _) => store.Current.TargetCertificate;
                https.OnAuthenticate = (_, handshake) =>
                {
                    // With its chain, which a selected certificate alone does not have.
                    handshake.ServerCertificateSelectionCallback = null;
                    handshake.ServerCertificateContext = store.Current;
                };
            });
        });
        return services;
    }
}
