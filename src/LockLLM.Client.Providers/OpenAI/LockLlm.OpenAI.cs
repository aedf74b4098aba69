using System.ClientModel;
using System.ClientModel.Primitives;
using LockLLM.Contracts;
using OpenAI;

namespace LockLLM.Client.Providers;

/// <summary>
/// Clients of the model providers themselves, whose calls go through the gateway: it scans each prompt, and what it refuses
/// is thrown as a <see cref="RequestRefusedException"/>.
/// </summary>
/// <remarks>
/// Each takes the LockLLM key, or else that in <c>LOCKLLM_API_KEY</c>; the provider's own key is stored with the gateway.
/// A client keeps its connections: build one and keep it.
/// </remarks>
public static partial class LockLlm
{
    /// <summary>The official OpenAI client.</summary>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public static OpenAIClient CreateOpenAIClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.OpenAi, apiKey, options);

    /// <summary>The official OpenAI client for any provider that speaks OpenAI's protocol.</summary>
    /// <param name="provider">One of <see cref="ProviderNames"/>.</param>
    /// <exception cref="LockLlmConfigurationException">There is no such provider or no key, or an option is out of range.</exception>
    public static OpenAIClient CreateOpenAICompatibleClient(string provider, string? apiKey = null, LockLlmProxyClientOptions? options = null)
    {
        var complete = Complete(options, apiKey);
        return OpenAI(complete, ProxyUrls.For(provider, complete.BaseUrl));
    }

    /// <summary>The official OpenAI client for a deployment of Azure OpenAI.</summary>
    /// <param name="deployment">Name of the deployment.</param>
    /// <param name="apiVersion">Such as <c>2024-10-21</c>; null takes the one stored with the key.</param>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public static OpenAIClient CreateAzureClient(string deployment, string? apiVersion = null, string? apiKey = null, LockLlmProxyClientOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(deployment);
        var complete = Complete(options, apiKey);
        var address = new Uri($"{ProxyUrls.For(ProviderNames.Azure, complete.BaseUrl)}/deployments/{Uri.EscapeDataString(deployment)}");
        return OpenAI(complete, address, apiVersion is null ? null : new ApiVersionPolicy(apiVersion));
    }

    /// <summary>The official OpenAI client on the universal endpoint: models are called <c>vendor/model</c> and paid from credits.</summary>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public static OpenAIClient CreateUniversalClient(string? apiKey = null, LockLlmProxyClientOptions? options = null)
    {
        var complete = Complete(options, apiKey);
        return OpenAI(complete, ProxyUrls.Universal(complete.BaseUrl));
    }

    /// <summary>The official OpenAI client for an endpoint of one's own, whose address is stored with the gateway.</summary>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public static OpenAIClient CreateCustomClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Custom, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Google Gemini.</summary>
    public static OpenAIClient CreateGeminiClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Gemini, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Cohere.</summary>
    public static OpenAIClient CreateCohereClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Cohere, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for OpenRouter.</summary>
    public static OpenAIClient CreateOpenRouterClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.OpenRouter, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Perplexity.</summary>
    public static OpenAIClient CreatePerplexityClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Perplexity, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Mistral.</summary>
    public static OpenAIClient CreateMistralClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Mistral, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Groq.</summary>
    public static OpenAIClient CreateGroqClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Groq, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for DeepSeek.</summary>
    public static OpenAIClient CreateDeepSeekClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.DeepSeek, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Together.</summary>
    public static OpenAIClient CreateTogetherClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Together, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for xAI.</summary>
    public static OpenAIClient CreateXAIClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.XAi, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Fireworks.</summary>
    public static OpenAIClient CreateFireworksClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Fireworks, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Anyscale.</summary>
    public static OpenAIClient CreateAnyscaleClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Anyscale, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Hugging Face.</summary>
    public static OpenAIClient CreateHuggingFaceClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.HuggingFace, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Amazon Bedrock.</summary>
    public static OpenAIClient CreateBedrockClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.Bedrock, apiKey, options);

    /// <inheritdoc cref="CreateOpenAIClient"/>
    /// <summary>The official OpenAI client for Google Vertex AI.</summary>
    public static OpenAIClient CreateVertexAIClient(string? apiKey = null, LockLlmProxyClientOptions? options = null) =>
        CreateOpenAICompatibleClient(ProviderNames.VertexAi, apiKey, options);

    private static LockLlmProxyClientOptions Complete(LockLlmProxyClientOptions? options, string? apiKey)
    {
        var complete = (LockLlmProxyClientOptions)(options ?? new LockLlmProxyClientOptions()).Complete();
        complete.ApiKey = apiKey ?? complete.ApiKey;
        return (LockLlmProxyClientOptions)complete.CompleteAndCheck();
    }

    private static OpenAIClient OpenAI(LockLlmProxyClientOptions options, Uri address, PipelinePolicy? policy = null)
    {
        var openAI = new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(Http(new LockLlmHttpHandler(options))),
            // Repeating is the handler's task, and so is the deadline of an attempt.
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = WholeCall(options),
        };
        if (policy is not null)
        {
            openAI.AddPolicy(policy, PipelinePosition.PerCall);
        }

        return new OpenAIClient(new ApiKeyCredential(options.ProviderApiKey ?? options.ApiKey!), openAI);
    }

    private static HttpClient Http(LockLlmHttpHandler handler) => new(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    private static TimeSpan WholeCall(LockLlmProxyClientOptions options) =>
        (options.MaxRetries + 1) * options.Timeout + options.MaxRetries * options.MaxRetryDelay + TimeSpan.FromSeconds(10);

    private sealed class ApiVersionPolicy(string version) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Add(PipelineMessage message)
        {
            var address = new UriBuilder(message.Request.Uri!);
            if (!address.Query.Contains("api-version=", StringComparison.OrdinalIgnoreCase))
            {
                address.Query = $"{address.Query.TrimStart('?')}{(address.Query.Length > 1 ? "&" : "")}api-version={Uri.EscapeDataString(version)}";
                message.Request.Uri = address.Uri;
            }
        }
    }
}
