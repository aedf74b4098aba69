using LockLLM.Gateway.Tests;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Interop.Tests;

/// <summary>A gateway on a real port in its own process, with a key stored for every provider, all of which are one fake.</summary>
public sealed class ProxiedGateway : IAsyncLifetime
{
    public const string Key = RunningGateway.Key;

    /// <summary>As stored for each provider, with the provider's name behind it.</summary>
    public const string ProviderKey = "sk-violet-canary-key-of-";

    private static readonly (string Provider, string Root)[] s_providers =
    [
        ("openai", "/v1"), ("anthropic", "/v1"), ("gemini", "/v1beta/openai"), ("cohere", "/compatibility/v1"), ("openrouter", "/api/v1"),
        ("perplexity", ""), ("mistral", "/v1"), ("groq", "/openai/v1"), ("deepseek", "/v1"), ("together", "/v1"), ("xai", "/v1"),
        ("fireworks", "/inference/v1"), ("anyscale", "/v1"), ("huggingface", "/v1"), ("azure", ""), ("bedrock", ""),
        ("vertex-ai", "/v1/projects/p/locations/l"), ("custom", "/own/v1"),
    ];

    private readonly TemporaryFolder _folder = new();
    private GatewayProcess? _process;

    public string Base => _process!.Address.ToString().TrimEnd('/');

    public string DataDirectory => _folder.Path;

    public string Output => _process!.Output;

    internal FakeProvider Provider { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await NodeScripts.InstallAsync();
        Provider = await FakeProvider.StartAsync();
        var keys = s_providers.SelectMany((row, i) => new[]
        {
            $"--LockLLM:Bootstrap:ProviderKeys:{i}:Provider={row.Provider}",
            $"--LockLLM:Bootstrap:ProviderKeys:{i}:ApiKey={ProviderKey}{row.Provider}",
            $"--LockLLM:Bootstrap:ProviderKeys:{i}:EndpointUrl={Provider.Address}{row.Root}",
        });
        _process = await GatewayProcess.StartAsync(
        [
            "--LockLLM:DataDirectory=" + _folder.Path, "--LockLLM:Bootstrap:ApiKey=" + Key, "--LockLLM:Egress:AllowPrivateNetworks=true",
            "--LockLLM:Proxy:Roots:openai=" + Provider.Address + "/v1", "--LockLLM:Egress:Breaker:Enabled=false", "--Logging:LogLevel:LockLLM=Debug", .. keys,
        ]);
    }

    /// <summary>Ends it in order, so that everything it keeps is written.</summary>
    public Task StopAsync() => _process!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _process?.Dispose();
        await Provider.DisposeAsync();
        _folder.Dispose();
    }
}
