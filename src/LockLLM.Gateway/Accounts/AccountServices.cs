using LockLLM.Gateway.RequestLog;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.Accounts;

internal static class AccountServices
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.TryAddSingleton<AccountSnapshots>();
        services.TryAddSingleton<AccountRetention>(static provider => provider.GetRequiredService<AccountSnapshots>().RetentionDays);
        services.TryAddSingleton<SnapshotRefresher>();
        services.AddHostedService(static provider => provider.GetRequiredService<SnapshotRefresher>());
        services.TryAddSingleton<LastUse>();
        services.AddHostedService(static provider => provider.GetRequiredService<LastUse>());
        services.TryAddSingleton<AccountChanges>();
        services.TryAddSingleton<AccountStore>();
        return services;
    }
}
