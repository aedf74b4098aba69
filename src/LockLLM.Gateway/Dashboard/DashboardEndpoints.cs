using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Dashboard.Pages;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Dashboard;

/// <summary>The pages. They read through the stores that <c>/api/v1</c> reads, and change nothing: their script calls <c>/api/v1</c>.</summary>
internal static class DashboardEndpoints
{
    public const string Root = "/dashboard";

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.TryAddSingleton<UsageStore>();
        services.TryAddSingleton<KeyUsageStore>();
        services.TryAddSingleton<ActorNames>();
        services.TryAddSingleton<EventTail>();
        services.TryAddScoped<DashboardVisit>();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        // Anonymous as to API keys; pages ask for a session themselves.
        var open = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().AddEndpointFilter(GuardAsync)
            .WithMetadata(new FaultAnswers(new PageAnswer<UnavailablePage>("No database"), new PageAnswer<FailurePage>("Failed")));
        open.MapGet("/", SignIn);
        open.MapGet(DashboardPages.Join, static () => new PageAnswer<JoinPage>());
        open.MapGet(Root + "/assets/{**name}", DashboardAssets.Answer);

        var pages = open.MapGroup(Root).AddEndpointFilter(VisitAsync);
        pages.MapGet("", static () => new PageAnswer<Overview>());
        pages.MapGet("/events", static () => new PageAnswer<Events>());
        pages.MapGet("/events/live", static (HttpContext context, DashboardVisit visit, EventTail tail) => tail.Follow(context, visit));
        pages.MapGet("/start", static () => new PageAnswer<StartPage>());
        pages.MapManagementPages();
        pages.MapGet("/{**other}", static () => new PageAnswer<MissingPage>("No such page"));
    }

    private static ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        invocation.HttpContext.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return next(invocation);
    }

    // Whoever has signed in meanwhile, in another window, goes on to where this one was.
    private static async Task<IResult> SignIn(HttpContext context, SessionStore sessions) =>
        SessionCookie.Read(context.Request) is { } token && await sessions.FindAsync(token, context.RequestAborted) is not null
            ? Results.LocalRedirect("~" + (context.Request.Query["to"].ToString() is var wanted && IsPage(wanted) ? wanted : Root))
            : new PageAnswer<SignIn>();

    private static bool IsPage(string address) =>
        (address == Root || address.StartsWith(Root + "/", StringComparison.Ordinal) || address.StartsWith(Root + "?", StringComparison.Ordinal)) && address.All(static letter => letter is > ' ' and < '\x7f');

    private static async ValueTask<object?> VisitAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var sessions = context.RequestServices.GetRequiredService<SessionStore>();
        var token = SessionCookie.Read(context.Request);
        if (token is null || await sessions.FindAsync(token, context.RequestAborted) is not { Member.Role: >= Role.Viewer } signedIn)
        {
            // A tail that asks again is told to stop; a form to sign in is nothing that it could read.
            return context.Request.Headers.Accept == "text/event-stream"
                ? Results.NoContent()
                : Results.LocalRedirect($"~/?to={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}{(token is null ? "" : "&over")}");
        }

        context.RequestServices.GetRequiredService<DashboardVisit>().Open(context, signedIn, Secrets.CsrfToken(token));
        return await next(invocation);
    }
}
