using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Proxy;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Scanning;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Telemetry;
using Microsoft.AspNetCore.Connections;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddQuietConsole();
    var options = StrictConfiguration.Read(builder.Configuration, out var unused);

    builder.AddServer(options);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<Readiness>();
    builder.Services.AddSingleton(options);
    builder.Services.AddSingleton<FirstRun>();
    builder.Services.AddStorage(options.Database, options.ResolveDataDirectory());
    builder.Services.AddCoordination();
    builder.Services.AddRequestLog();
    builder.Services.AddAccounts();
    builder.Services.AddIdentity();
    builder.Services.AddProviderKeys();
    builder.Services.AddSingleton<ProviderRoot>(static services => provider => services.GetRequiredService<ProviderCatalog>().Find(provider)?.Root is { } root ? new Uri(root) : null);
    builder.Services.AddEgress(options.Egress);
    builder.Services.AddScanning(options.Scan);
    builder.Services.AddUpstream(options.Proxy);
    builder.Services.AddProxy(options.Proxy);
    builder.Services.AddWireCors(options.Cors);
    builder.Services.AddApiReference();

    var app = builder.Build();
    app.WarnAboutUnused(unused);
    await app.Services.GetRequiredService<FirstRun>().OpenAsync(Server.Addresses(builder.Configuration), Console.Out, CancellationToken.None);
    app.UseRequestId();
    app.UseAnthropicRequestId();
    app.UseSecurityHeaders();
    app.UseMiddleware<UnhandledErrors>();
    app.UseHeaderLimit();
    app.UseRequestFraming();
    app.UseWireCors();
    app.UseRouting();
    app.UseMiddleware<ApiKeyAuthentication>();

    app.MapHealthEndpoints();
    app.MapScanEndpoints();
    app.MapProxyEndpoints();
    app.MapApiReference();

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
