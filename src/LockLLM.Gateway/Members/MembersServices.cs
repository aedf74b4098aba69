using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Members;

internal static class MembersServices
{
    public static IServiceCollection AddMembers(this IServiceCollection services, MembersOptions options, SignInOptions signIn)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(signIn);
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
        return services;
    }
}
