using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LockLLM.Gateway.RequestLog;

internal static class RequestLogServices
{
    public static IServiceCollection AddRequestLog(this IServiceCollection services, RequestLogOptions options)
    {
        services.TryAddSingleton(options);
        services.AddMetrics();
        services.TryAddSingleton<RequestLogMetrics>();
        services.TryAddSingleton<RequestLogQueue>();
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<RequestLogReader>();
        services.TryAddSingleton<AuditReader>();
        services.AddHostedService<RequestLogWriter>();
        services.TryAddSingleton<RequestLogCleaner>();
        services.AddHostedService(static provider => provider.GetRequiredService<RequestLogCleaner>());
        return services;
    }
}
