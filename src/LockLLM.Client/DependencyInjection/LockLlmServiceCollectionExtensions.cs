using LockLLM.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="LockLlmClient"/>.</summary>
public static class LockLlmServiceCollectionExtensions
{
    /// <summary>Section of the configuration that is read, and name of the connection.</summary>
    public const string Section = "LockLlm";

    private const string ResilienceHandler = "Microsoft.Extensions.Http.Resilience.ResilienceHandler";

    /// <summary>
    /// Registers one <see cref="LockLlmClient"/>, also as <see cref="IPromptScanner"/>. Options come from the section
    /// <c>LockLlm</c>, then from <paramref name="configure"/>, and are checked when the host starts.
    /// </summary>
    /// <returns>The connection, for a handler or a proxy of one's own. Do not add repetitions: the client repeats by itself.</returns>
    public static IHttpClientBuilder AddLockLlm(this IServiceCollection services, Action<LockLlmClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => Create(provider, Options.Options.DefaultName));
        services.TryAddSingleton<IPromptScanner>(static provider => provider.GetRequiredService<LockLlmClient>());
        return Register(services, Options.Options.DefaultName, Section, configure);
    }

    /// <summary>Registers a further client under a key, for a second account or gateway. Its section is <c>LockLlm:{name}</c>.</summary>
    /// <param name="name">Key of the service: <c>[FromKeyedServices("name")] LockLlmClient client</c>.</param>
    /// <inheritdoc cref="AddLockLlm(IServiceCollection, Action{LockLlmClientOptions})"/>
    public static IHttpClientBuilder AddLockLlm(this IServiceCollection services, string name, Action<LockLlmClientOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.TryAddKeyedSingleton(name, static (provider, key) => Create(provider, (string)key!));
        services.TryAddKeyedSingleton<IPromptScanner>(name, static (provider, key) => provider.GetRequiredKeyedService<LockLlmClient>(key));
        return Register(services, name, $"{Section}:{name}", configure);
    }

    private static IHttpClientBuilder Register(IServiceCollection services, string name, string section, Action<LockLlmClientOptions>? configure)
    {
        services.AddOptions<LockLlmClientOptions>(name)
            .Configure<IServiceProvider>((options, provider) =>
            {
                provider.GetService<IConfiguration>()?.GetSection(section).Bind(options);
                options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            })
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LockLlmClientOptions>, OptionsCheck>());
        return services.AddHttpClient(HttpName(name))
            .ConfigureHttpClient(ClientHttp.Configure)
            .ConfigurePrimaryHttpMessageHandler(ClientHttp.CreateHandler)
            // The client lives as long as the host, and its handler looks for fresh addresses by itself.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // A host may give every client a resilience handler. On top of ours it would multiply the attempts.
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
            {
                for (var i = handlers.Count - 1; i >= 0; i--)
                {
                    if (handlers[i].GetType().FullName == ResilienceHandler)
                    {
                        handlers.RemoveAt(i);
                    }
                }
            });
    }

    private static LockLlmClient Create(IServiceProvider provider, string name) => new(
        provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpName(name)),
        provider.GetRequiredService<IOptionsMonitor<LockLlmClientOptions>>().Get(name),
        provider.GetRequiredService<ILogger<LockLlmClient>>());

    private static string HttpName(string name) => name.Length == 0 ? Section : $"{Section}:{name}";

    private sealed class OptionsCheck : IValidateOptions<LockLlmClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, LockLlmClientOptions options)
        {
            try
            {
                var problems = options.Complete().Problems().ToList();
                return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
            }
            catch (LockLlmConfigurationException unreadable)
            {
                return ValidateOptionsResult.Fail(unreadable.Message);
            }
        }
    }
}
