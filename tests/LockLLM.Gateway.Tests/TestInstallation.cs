using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LockLLM.Gateway.Tests;

/// <summary>An installation without a web server: what the stores are made of, opened as a start opens it.</summary>
internal sealed class TestInstallation : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _isRunning;

    private TestInstallation(ServiceProvider services, string printed) => (_services, Printed) = (services, printed);

    /// <summary>What the start said on the console.</summary>
    public string Printed { get; }

    public ApiKeyStore Keys => Get<ApiKeyStore>();

    public ProviderKeyStore ProviderKeys => Get<ProviderKeyStore>();

    public ProviderKeyVault Vault => Get<ProviderKeyVault>();

    public AccountSnapshots Snapshots => Get<AccountSnapshots>();

    public GatewayDatabase Database => Get<GatewayDatabase>();

    /// <summary>The account that a first start makes.</summary>
    public string Account => Snapshots.All.MinBy(account => account.AccountId)!.AccountId;

    /// <summary>With <paramref name="clock"/> or the system's, and whatever <paramref name="configure"/> puts in front.</summary>
    public static async Task<TestInstallation> OpenAsync(GatewayOptions options, string? addresses = null, TimeProvider? clock = null, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock ?? TimeProvider.System);
        configure?.Invoke(services);
        services.AddInstallation(options);
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        var console = new StringWriter();
        try
        {
            await provider.GetRequiredService<FirstRun>().OpenAsync(addresses, console, CancellationToken.None);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }

        return new TestInstallation(provider, console.ToString());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Starts what runs in the background: polling, and writing queues.</summary>
    public async Task RunAsync()
    {
        _isRunning = true;
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Stops it; queues are written first.</summary>
    public async Task StopAsync()
    {
        foreach (var service in _isRunning ? _services.GetServices<IHostedService>() : [])
        {
            await service.StopAsync(CancellationToken.None);
        }

        _isRunning = false;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
    }
}
