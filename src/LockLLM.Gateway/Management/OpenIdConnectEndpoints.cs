using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members.OpenIdConnect;

namespace LockLLM.Gateway.Management;

/// <summary>The way to the identity provider and back: addresses that a browser goes to, so they lie outside of <c>/api</c>.</summary>
internal static class OpenIdConnectEndpoints
{
    public static void MapOpenIdConnectEndpoints(this IEndpointRouteBuilder routes, OpenIdConnectSettings settings)
    {
        if (!settings.IsOn)
        {
            return;
        }

        routes.MapGet(OpenIdConnectSignIn.StartPath, static async (HttpContext context, SignInLimit limit) =>
            await (await limit.TakeAsync(context) is { } refused
                ? new ErrorResult(refused).ExecuteAsync(context)
                : OpenIdConnectSignIn.StartAsync(context, context.Request.Query["to"], context.Request.Query["fresh"] == "true"))).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Answers the way back. Called in any case where there is one: the framework would else put it before everything that stands here.</summary>
    public static void UseOpenIdConnect(this IApplicationBuilder app, OpenIdConnectSettings settings)
    {
        if (settings.IsOn)
        {
            app.UseAuthentication();
        }
    }
}
