namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Asked to stop, the gateway takes no new connections, lets requests end that are under way, streams included, and cuts off
/// what is left after a while. Then queues are written.
/// </summary>
internal static class GracefulStop
{
    private static readonly TimeSpan s_queues = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddGracefulStop(this IServiceCollection services, ShutdownOptions options) =>
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + s_queues);

    public static void UseGracefulStop(this WebApplication app, ShutdownOptions options)
    {
        // Lives as long as the process; a request holds a registration while it runs.
        var cut = new CancellationTokenSource();
        app.Lifetime.ApplicationStopping.Register(() => cut.CancelAfter(options.DrainTimeout));
        app.Use(async (context, next) =>
        {
            await using var registration = cut.Token.UnsafeRegister(static request => ((HttpContext)request!).Abort(), context);
            await next(context);
        });
    }
}
