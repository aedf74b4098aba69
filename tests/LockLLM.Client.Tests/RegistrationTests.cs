using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests;

public class RegistrationTests
{
    [Fact]
    public async Task Options_come_from_the_configuration()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var host = Host(services => services.AddLockLlm(), new()
        {
            ["LockLlm:ApiKey"] = Key, ["LockLlm:BaseUrl"] = server.Address.ToString(), ["LockLlm:Timeout"] = "00:00:07", ["LockLlm:MaxRetries"] = "1",
            ["LockLlm:ScanDefaults:Sensitivity"] = "High", ["LockLlm:ScanDefaults:PiiAction"] = "AllowWithWarning", ["LockLlm:ScanDefaults:CompressionRate"] = "0.6",
        });
        var client = host.Services.GetRequiredService<LockLlmClient>();
        Assert.Same(client, host.Services.GetRequiredService<IPromptScanner>());
        Assert.Equal((TimeSpan.FromSeconds(7), 1, Sensitivity.High, PiiAction.AllowWithWarning, 0.6), (client.Options.Timeout, client.Options.MaxRetries, client.Options.ScanDefaults.Sensitivity, client.Options.ScanDefaults.PiiAction, client.Options.ScanDefaults.CompressionRate));
        Assert.True((await client.ScanAsync("a")).IsSafe);
        Assert.Equal("high", Assert.Single(server.Requests).Headers["X-LockLLM-Sensitivity"]);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_and_are_all_named()
    {
        using var host = Host(services => services.AddLockLlm(options => (options.ApiKey, options.MaxRetries, options.Timeout) = (" ", -1, TimeSpan.Zero)), []);
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(3, refused.Failures.Count());
    }

    [Fact]
    public async Task Several_accounts_stand_side_by_side()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var host = Host(
            services =>
            {
                services.AddLockLlm(options => options.BaseUrl = server.Address);
                services.AddLockLlm("eu", options => options.BaseUrl = server.Address);
            },
            new() { ["LockLlm:ApiKey"] = "llm_default", ["LockLlm:eu:ApiKey"] = "llm_eu" });
        await host.Services.GetRequiredService<IPromptScanner>().ScanAsync("a");
        await host.Services.GetRequiredKeyedService<IPromptScanner>("eu").ScanAsync("a");
        Assert.Equal(["Bearer llm_default", "Bearer llm_eu"], server.Requests.Select(asked => asked.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_resilience_handler_for_all_clients_does_not_multiply_the_attempts()
    {
        await using var server = await StartAsync(503, "{}");
        using var host = Host(
            services =>
            {
                services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
                services.AddSingleton<TimeProvider>(new HastyClock());
                services.AddLockLlm(options => (options.ApiKey, options.BaseUrl) = (Key, server.Address));
            },
            []);
        await Assert.ThrowsAsync<LockLlmException>(() => host.Services.GetRequiredService<LockLlmClient>().ScanAsync("a"));
        Assert.Equal(4, server.Requests.Count);
    }

    private static IHost Host(Action<IServiceCollection> add, Dictionary<string, string?> settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging();
        add(builder.Services);
        return builder.Build();
    }
}
