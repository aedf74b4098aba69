using System.Collections.Frozen;
using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Dashboard.Pages;
using LockLLM.Gateway.Members;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Dashboard;

/// <summary>The pages. They read through the stores that <c>/api/v1</c> reads, and change nothing: their script calls <c>/api/v1</c>.</summary>
internal static class DashboardEndpoints
{
    public const string Root = "/dashboard";

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string AssetPrefix = "LockLLM.Gateway.Dashboard.Assets.";

    private static readonly FrozenDictionary<string, (byte[] Content, string Type)> s_assets = typeof(DashboardEndpoints).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(AssetPrefix, StringComparison.Ordinal))
        .ToFrozenDictionary(static name => name[AssetPrefix.Length..], static name => (ReadAsset(name), TypeOf(name)), StringComparer.Ordinal);

    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.TryAddSingleton<UsageStore>();
        services.TryAddSingleton<KeyUsageStore>();
        services.TryAddSingleton<ActorNames>();
        services.TryAddScoped<DashboardVisit>();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        // Anonymous as to API keys; pages ask for a session themselves.
        var open = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().AddEndpointFilter(static (context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            return next(context);
        });
        open.MapGet("/", SignIn);
        open.MapGet(DashboardPages.Join, static () => new PageAnswer<JoinPage>());
        open.MapGet(Root + "/assets/{name}", Asset);

        var pages = open.MapGroup(Root).AddEndpointFilter(VisitAsync);
        pages.MapGet("", static () => new PageAnswer<Overview>());
        pages.MapGet("/events", static () => new PageAnswer<Events>());
        pages.MapManagementPages();
    }

    private static async Task<IResult> SignIn(HttpContext context, SessionStore sessions) =>
        SessionCookie.Read(context.Request) is { } token && await sessions.FindAsync(token, context.RequestAborted) is not null
            ? Results.LocalRedirect("~" + Root)
            : new PageAnswer<SignIn>();

    private static async ValueTask<object?> VisitAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var sessions = context.RequestServices.GetRequiredService<SessionStore>();
        if (SessionCookie.Read(context.Request) is not { } token || await sessions.FindAsync(token, context.RequestAborted) is not { Member.Role: >= Role.Viewer } signedIn)
        {
            return Results.LocalRedirect("~/?to=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
        }

        context.RequestServices.GetRequiredService<DashboardVisit>().Open(context, signedIn, Secrets.CsrfToken(token));
        return await next(invocation);
    }

    private static IResult Asset(string name) => s_assets.TryGetValue(name, out var asset) ? Results.Bytes(asset.Content, asset.Type) : Results.NotFound();

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"No media type is known for {other}."),
    };

    private static byte[] ReadAsset(string name)
    {
        using var stream = typeof(DashboardEndpoints).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
