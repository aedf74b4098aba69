using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.RequestLog;

internal static class RequestLogServices
{
    public static IServiceCollection AddRequestLog(this IServiceCollection services)
    {
        services.TryAddSingleton<RequestLogQueue>();
        services.TryAddSingleton<AuditTrail>();
        services.AddHostedService<RequestLogWriter>();
        return services;
    }
}
