using LockLLM.Contracts;

namespace LockLLM.Gateway.Hosting;

/// <summary>Calls from browsers: from configured origins and from browser extensions, under <c>/v1</c> only. Credentials are never sent along.</summary>
internal static class Cors
{
    private static readonly TimeSpan s_preflightMaxAge = TimeSpan.FromHours(1);

    public static IServiceCollection AddWireCors(this IServiceCollection services, CorsOptions options) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .SetIsOriginAllowed(origin => IsExtension(origin) || options.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders([.. HeaderNames.Requests])
            .WithExposedHeaders([.. HeaderNames.Responses])
            .SetPreflightMaxAge(s_preflightMaxAge)));

    public static IApplicationBuilder UseWireCors(this IApplicationBuilder app) => app.UseWhen(
        static context => context.Request.Headers.Origin.Count > 0 && context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal), static wire => wire.UseCors());

    private static bool IsExtension(string origin) =>
        origin.StartsWith("chrome-extension://", StringComparison.Ordinal) || origin.StartsWith("moz-extension://", StringComparison.Ordinal);
}
