using LockLLM.Gateway.Dashboard;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Limits;
using LockLLM.Gateway.Management;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Proxy;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Scanning;
using LockLLM.Gateway.Telemetry;
using Microsoft.AspNetCore.Connections;

if (Commands.Names(args))
{
    return await Commands.RunAsync(args, CancellationToken.None);
}

try
{
    // Settings are read once; watching the working directory for changes of them would cost for nothing.
    var builder = WebApplication.CreateBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
    builder.AddQuietConsole();
    var options = StrictConfiguration.Read(builder.Configuration);

    builder.AddServer(options);
    builder.Services.AddSingleton<Readiness>();
    builder.Services.AddInstallation(options);
    builder.Services.AddObservability(options, builder.Configuration);
    builder.Services.AddLimits(options.RateLimit);
    builder.Services.AddScanning(options.Scan);
    builder.Services.AddUpstream(options.Proxy);
    builder.Services.AddProxy(options.Proxy);
    builder.Services.AddManagement(options.Management);
    builder.Services.AddWireCors(options.Cors);
    builder.Services.AddDashboard();
    builder.Services.AddApiReference();

    var app = builder.Build();
    await app.Services.GetRequiredService<FirstRun>().OpenAsync(Server.Addresses(builder.Configuration), Console.Out, CancellationToken.None);
    app.UseForwardedCallers(options.Forwarding);
    app.UseRequestId();
    app.UseRequestTracing();
    app.UseAnthropicRequestId();
    app.UseSecurityHeaders();
    app.UseMiddleware<UnhandledErrors>();
    app.UseHeaderLimit();
    app.UseRequestFraming();
    app.UseWireCors();
    app.UseMetrics(options.Metrics);
    app.UseRouting();
    app.UseMiddleware<SessionAuthentication>();
    app.UseMiddleware<ApiKeyAuthentication>();
    app.UseMiddleware<RateLimits>();
    app.UseMiddleware<ManagementAccess>();
    app.UseOpenIdConnect(options.OpenIdConnect);

    app.MapHealthEndpoints();
    app.MapMetrics(options.Metrics);
    app.MapScanEndpoints();
    app.MapProxyEndpoints();
    app.MapManagementEndpoints();
    app.MapDashboard();
    app.MapOpenIdConnectEndpoints(options.OpenIdConnect);
    app.MapApiReference();

    app.ReleaseStartupMemory();
    await app.RunAsync();
    return 0;
}
catch (StartupRefusal refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
catch (IOException failed) when (failed.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{failed.Message} Choose another address with --urls.");
    return 1;
}
