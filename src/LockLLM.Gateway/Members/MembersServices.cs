using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Members;

internal static class MembersServices
{
    public static IServiceCollection AddMembers(this IServiceCollection services, MembersOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<Passwords>();
        services.TryAddSingleton<SessionStore>();
        services.TryAddSingleton<SignInStore>();
        services.TryAddSingleton<TotpStore>();
        services.TryAddSingleton<MemberStore>();
        services.TryAddSingleton<InvitationStore>();
        return services;
    }
}
