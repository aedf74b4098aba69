using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Guard;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Proxy;

/// <summary>Everything under <c>/v1/proxy</c>.</summary>
internal static class ProxyEndpoints
{
    public const string Prefix = "/v1/proxy";

    // Accounts whose judged texts are remembered at a time; up to twice as many are held.
    private const int RememberedAccounts = 1024;

    private static readonly string[] s_methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    public static IServiceCollection AddProxy(this IServiceCollection services, ProxyOptions options)
    {
        services.TryAddSingleton(_ => new PartMemories(RememberedAccounts, options.RememberedParts));
        services.TryAddSingleton<PartKeys>();
        services.TryAddSingleton<PromptGuard>();
        services.TryAddSingleton<AccountGuards>();
        services.TryAddSingleton<ProviderAccesses>();
        services.TryAddSingleton<ProxyTelemetry>();
        services.TryAddSingleton<ProviderKeyVerification>();
        services.TryAddSingleton<ProxyPipeline>();
        return services;
    }

    /// <summary>Anthropic's clients know no other name for the id of a request, also of one that never gets as far as the proxy.</summary>
    public static IApplicationBuilder UseAnthropicRequestId(this IApplicationBuilder app) => app.UseWhen(
        static context => context.Request.Path.StartsWithSegments($"{Prefix}/{ProviderNames.Anthropic}", StringComparison.OrdinalIgnoreCase),
        static anthropic => anthropic.Use(static (context, next) =>
        {
            context.Response.OnStarting(
                static state =>
                {
                    // The provider's own, if it answered.
                    var response = ((HttpContext)state).Response;
                    response.Headers.TryAdd(HeaderNames.AnthropicRequestId, ((HttpContext)state).TraceIdentifier);
                    return Task.CompletedTask;
                },
                context);
            return next(context);
        }));

    public static IEndpointConventionBuilder MapProxyEndpoints(this IEndpointRouteBuilder routes)
    {
        // Asked for once: a handler that takes services has a scope of them made for each request.
        RequestDelegate run = routes.ServiceProvider.GetRequiredService<ProxyPipeline>().RunAsync;
        return routes.MapMethods(Prefix + "/{**rest}", s_methods, run).ExcludeFromDescription();
    }
}
