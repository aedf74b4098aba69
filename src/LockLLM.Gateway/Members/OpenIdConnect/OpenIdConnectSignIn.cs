using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>
/// The authorization code flow with PKCE, as ASP.NET Core's handler plays it. It ends in a session like any other; the
/// handler's own cookies and schemes are used for the way there and back only.
/// </summary>
internal sealed partial class OpenIdConnectSignIn(
    OpenIdConnectSettings settings, SealedProtection protection, TimeProvider clock, ILogger<OpenIdConnectSignIn> logger) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string Scheme = "openid-connect";
    public const string StartPath = "/sign-in/openid-connect";
    public const string CallbackPath = StartPath + "/callback";

    private const string Issuer = "issuer";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    public void Configure(OpenIdConnectOptions options) => Configure(Scheme, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        options.Authority = settings.Authority;
        options.RequireHttpsMetadata = !new Uri(settings.Authority!).IsLoopback;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // In the address rather than a form, which browsers send from another site without cookies.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.SignInScheme = NobodySignedIn.Scheme;
        options.CallbackPath = CallbackPath;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.MapJsonKey("email_verified", "email_verified");
        options.Scope.Clear();
        foreach (var scope in settings.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            options.Scope.Add(scope);
        }

        options.SaveTokens = false;
        options.DisableTelemetry = true;
        options.DataProtectionProvider = protection;
        options.TimeProvider = clock;
        options.BackchannelTimeout = s_patience;
        options.TokenValidationParameters.ClockSkew = s_skew;
        foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.HttpOnly = true;
        }

        options.Events = new OpenIdConnectEvents
        {
            OnTokenValidated = static context =>
            {
                // The framework forgives a missing signature, since the token comes from the identity provider itself.
                if (context.SecurityToken.SignatureAlgorithm is null or "none" || context.Principal?.FindFirst("sub") is null)
                {
                    context.Fail("The token is not signed or names nobody.");
                }

                context.Properties!.Items[Issuer] = context.SecurityToken.Issuer;
                return Task.CompletedTask;
            },
            OnTicketReceived = EnterAsync,
            OnRemoteFailure = RefuseAsync,
        };
    }

    /// <summary>Off to the identity provider.</summary>
    /// <param name="to">The page to come back to; anything but a page of the dashboard is ignored.</param>
    /// <param name="isFresh">Whether credentials are to be given there again, for acts that need it.</param>
    public static Task StartAsync(HttpContext context, string? to, bool isFresh)
    {
        var page = to is not null && (to == SignedInPage.Home || to.StartsWith(SignedInPage.Home + "/", StringComparison.Ordinal)) ? to : SignedInPage.Home;
        var properties = new OpenIdConnectChallengeProperties { RedirectUri = page };
        if (isFresh)
        {
            (properties.Prompt, properties.MaxAge) = (OpenIdConnectPrompt.Login, TimeSpan.Zero);
        }

        return context.ChallengeAsync(Scheme, properties);
    }

    private async Task EnterAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var identity = context.Principal is { } principal && context.Properties?.Items.TryGetValue(Issuer, out var issuer) == true
            ? ExternalIdentity.Of(principal, issuer ?? "", settings)
            : null;
        var store = http.RequestServices.GetRequiredService<ExternalSignInStore>();
        var outcome = identity is null ? MemberErrors.NotInvited : await store.SignInAsync(identity, http.TraceIdentifier, http.RequestAborted);
        if (outcome.Error is not null)
        {
            LogNotInvited(http.TraceIdentifier, identity is { Email: null });
            await SignedInPage.RefuseAsync(http, $"{settings.Name} vouches for you, but you are no member here and not invited. Ask an administrator of this gateway.");
            return;
        }

        SessionCookie.Write(http, outcome.Value!);
        await SignedInPage.ContinueAsync(http, context.ReturnUri ?? SignedInPage.Home);
    }

    private Task RefuseAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        LogFailed(context.HttpContext.TraceIdentifier, context.Failure is { } failure ? new Fault(failure).ToString() : "");
        return SignedInPage.RefuseAsync(context.HttpContext, $"Signing in through {settings.Name} did not work. Try again; an operator finds the reason in the log.");
    }

    [LoggerMessage(EventId = 1811, Level = LogLevel.Warning, Message = "Refused {RequestId}: the identity provider's answer is not accepted. {Fault}")]
    private partial void LogFailed(string requestId, string fault);

    [LoggerMessage(EventId = 1812, Level = LogLevel.Warning, Message = "Refused {RequestId}: neither member nor invited (no checked address: {HasNoAddress})")]
    private partial void LogNotInvited(string requestId, bool hasNoAddress);
}
