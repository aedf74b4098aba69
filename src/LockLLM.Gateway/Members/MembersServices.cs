using LockLLM.Gateway.Members.OpenIdConnect;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LockLLM.Gateway.Members;

internal static class MembersServices
{
    public static IServiceCollection AddMembers(this IServiceCollection services, MembersOptions options, SignInOptions signIn, OpenIdConnectSettings external)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(signIn);
        services.TryAddSingleton(external);
        services.TryAddSingleton<Passwords>();
        services.TryAddSingleton<SessionStore>();
        services.TryAddSingleton<SignInStore>();
        services.TryAddSingleton<TotpStore>();
        services.TryAddSingleton<ChallengeStore>();
        services.TryAddSingleton<PasskeyUserStore>();
        services.TryAddSingleton<PasskeyCeremony>();
        services.TryAddSingleton<PasskeyStore>();
        services.TryAddSingleton<MemberStore>();
        services.TryAddSingleton<InvitationStore>();
        services.TryAddSingleton<ExternalSignInStore>();
        if (external.IsOn)
        {
            services.AddOpenIdConnectSignIn();
        }

        return services;
    }

    // Without the framework's data protection, whose keys would lie unsealed in a folder of this machine.
    private static void AddOpenIdConnectSignIn(this IServiceCollection services)
    {
        services.AddAuthenticationCore(static options =>
        {
            options.AddScheme<OpenIdConnectHandler>(OpenIdConnectSignIn.Scheme, displayName: null);
            options.AddScheme<NobodySignedIn>(NobodySignedIn.Scheme, displayName: null);
        });
        services.AddWebEncoders();
        services.TryAddSingleton<SealedProtection>();
        services.AddTransient<OpenIdConnectHandler>();
        services.AddTransient<NobodySignedIn>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, OpenIdConnectSignIn>();
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>>(static provider => new OpenIdConnectPostConfigureOptions(provider.GetRequiredService<SealedProtection>()));
    }
}
