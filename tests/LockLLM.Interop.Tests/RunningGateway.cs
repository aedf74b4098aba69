using LockLLM.Gateway.Tests;

namespace LockLLM.Interop.Tests;

/// <summary>A gateway on a real port for all tests of a class, and the packages that call it.</summary>
public sealed class RunningGateway : IAsyncLifetime
{
    public const string Key = "llm_interop0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private readonly TemporaryFolder _folder = new();
    private GatewayProcess? _process;

    public string Base => _process!.Address.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        await NodeScripts.InstallAsync();
        _process = await GatewayProcess.StartAsync("--LockLLM:DataDirectory=" + _folder.Path, "--LockLLM:Bootstrap:ApiKey=" + Key);
    }

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
