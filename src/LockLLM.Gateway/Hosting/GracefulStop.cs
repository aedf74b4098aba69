using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Asked to stop, the gateway takes no new connections, lets requests end that are under way, streams included, and cuts off
/// what is left after a while. Then queues are written.
/// </summary>
internal static class GracefulStop
{
    private static readonly TimeSpan s_queues = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddGracefulStop(this IServiceCollection services, ShutdownOptions options)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + s_queues);
        services.AddOptions<KestrelServerOptions>().Configure<IHostApplicationLifetime>((kestrel, lifetime) =>
        {
            // Lives as long as the process; a connection holds a registration while it is open. There is one such default for all endpoints.
            var cut = new CancellationTokenSource();
            lifetime.ApplicationStopping.Register(() => cut.CancelAfter(options.DrainTimeout));
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => ServeAsync(next, connection, cut.Token)));
        });
        return services;
    }

    private static async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, CancellationToken cut)
    {
        await using var registration = cut.UnsafeRegister(static connection => ((ConnectionContext)connection!).Abort(), connection);
        await next(connection);
    }
}
