using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Tests.Proxy.Providers;

/// <summary>Which address a path leads to, and whose protocol it speaks.</summary>
public sealed class ProviderPathTests
{
    private static readonly ProviderCatalog s_catalog = new(new Dictionary<string, string>());

    public static TheoryData<string, string> OpenAiShaped => new(
        ("openai", "https://api.openai.com/v1"), ("gemini", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("cohere", "https://api.cohere.com/compatibility/v1"), ("openrouter", "https://openrouter.ai/api/v1"), ("perplexity", "https://api.perplexity.ai"),
        ("mistral", "https://api.mistral.ai/v1"), ("groq", "https://api.groq.com/openai/v1"), ("deepseek", "https://api.deepseek.com/v1"),
        ("together", "https://api.together.xyz/v1"), ("xai", "https://api.x.ai/v1"), ("fireworks", "https://api.fireworks.ai/inference/v1"),
        ("anyscale", "https://api.endpoints.anyscale.com/v1"), ("huggingface", "https://router.huggingface.co/v1"));

    [Theory]
    [MemberData(nameof(OpenAiShaped))]
    public void Every_spelling_leads_to_the_root_of_the_provider(string provider, string root)
    {
        var own = new Uri(root).AbsolutePath.Trim('/');
        foreach (var path in (string[])["chat/completions", "v1/chat/completions", "/chat/completions/", $"{own}/chat/completions", "chat/completions/chat/completions"])
        {
            Assert.Equal((root + "/chat/completions", ProtocolKind.OpenAiChat), Resolve(provider, path));
        }

        Assert.Equal((root + "/embeddings", ProtocolKind.OpenAiEmbeddings), Resolve(provider, "v1/embeddings"));
        Assert.Equal((root + "/responses", ProtocolKind.OpenAiResponses), Resolve(provider, "responses"));
    }

    [Fact]
    public void All_names_of_the_contract_are_there() =>
        Assert.Equal(ProviderNames.All.Order(), s_catalog.All.Select(provider => provider.Name).Order());

    [Theory]
    [InlineData("openai", "completions", "https://api.openai.com/v1/completions", "OpenAiCompletions")]
    [InlineData("openai", "moderations", "https://api.openai.com/v1/moderations", "OpenAiModerations")]
    [InlineData("openai", "files/abc/content", "https://api.openai.com/v1/files/abc/content", "Unknown")]
    [InlineData("openai", "CHAT/Completions", "https://api.openai.com/v1/CHAT/Completions", "OpenAiChat")]
    [InlineData("anthropic", "v1/messages", "https://api.anthropic.com/v1/messages", "AnthropicMessages")]
    [InlineData("anthropic", "messages", "https://api.anthropic.com/v1/messages", "AnthropicMessages")]
    [InlineData("anthropic", "v1/messages/count_tokens", "https://api.anthropic.com/v1/messages/count_tokens", "AnthropicCountTokens")]
    [InlineData("openrouter", "v1/messages", "https://openrouter.ai/api/v1/messages", "AnthropicMessages")]
    [InlineData("gemini", "v1beta/models/gemini-2.5-flash:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", "GeminiContent")]
    [InlineData("gemini", "models/gemini-2.5-flash:streamGenerateContent?alt=sse", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", "GeminiContent")]
    [InlineData("gemini", "models/embedding:batchEmbedContents", "https://generativelanguage.googleapis.com/v1beta/models/embedding:batchEmbedContents", "GeminiEmbeddings")]
    [InlineData("gemini", "v1beta/openai/chat/completions", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "OpenAiChat")]
    [InlineData("cohere", "v2/chat", "https://api.cohere.com/v2/chat", "CohereChat")]
    [InlineData("cohere", "v1/chat", "https://api.cohere.com/v1/chat", "CohereChat")]
    [InlineData("cohere", "v2/rerank", "https://api.cohere.com/v2/rerank", "CohereRerank")]
    [InlineData("cohere", "v1/models", "https://api.cohere.com/v1/models", "Unknown")]
    [InlineData("openai", "models/meta%2Fllama", "https://api.openai.com/v1/models/meta%2Fllama", "Unknown")]
    [InlineData("openai", "files/a b", "https://api.openai.com/v1/files/a%20b", "Unknown")]
    public void Paths_of_providers_with_their_own_api(string provider, string path, string address, string protocol) =>
        Assert.Equal((address, Enum.Parse<ProtocolKind>(protocol)), Resolve(provider, path));

    [Theory]
    // The three forms of the contract, with and without a version in the query.
    [InlineData("deployments/gpt/chat/completions?api-version=2024-06-01", "openai/deployments/gpt/chat/completions?api-version=2024-06-01")]
    [InlineData("openai/deployments/gpt/chat/completions?api-version=2024-06-01", "openai/deployments/gpt/chat/completions?api-version=2024-06-01")]
    [InlineData("deployments/gpt/chat/completions", "openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("chat/completions", "openai/v1/chat/completions")]
    [InlineData("v1/chat/completions", "openai/v1/chat/completions")]
    [InlineData("openai/v1/chat/completions", "openai/v1/chat/completions")]
    [InlineData("responses?api-version=2025-03-01-preview", "openai/responses?api-version=2025-03-01-preview")]
    [InlineData("models", "openai/v1/models")]
    public void Azure_without_a_stored_deployment(string path, string expected)
    {
        foreach (var endpoint in (string[])["https://res.openai.azure.com", "https://res.openai.azure.com/", "https://res.openai.azure.com/openai", "https://res.openai.azure.com/openai/v1"])
        {
            Assert.Equal("https://res.openai.azure.com/" + expected, Resolve("azure", path, new() { Secret = "k", Endpoint = endpoint }).Address);
        }
    }

    [Theory]
    [InlineData("chat/completions", "openai/deployments/stored/chat/completions?api-version=2024-10-21")]
    [InlineData("v1/embeddings", "openai/deployments/stored/embeddings?api-version=2024-10-21")]
    [InlineData("chat/completions?api-version=2023-05-15&x=1", "openai/deployments/stored/chat/completions?api-version=2023-05-15&x=1")]
    [InlineData("deployments/other/chat/completions", "openai/deployments/other/chat/completions?api-version=2024-10-21")]
    [InlineData("responses", "openai/v1/responses")]
    public void Azure_with_a_stored_deployment(string path, string expected)
    {
        Assert.Equal("https://res.openai.azure.com/" + expected, Resolve("azure", path, new() { Secret = "k", Endpoint = "https://res.openai.azure.com", Deployment = "stored" }).Address);
        Assert.Equal("https://res.openai.azure.com/" + expected, Resolve("azure", path, new() { Secret = "k", Endpoint = "https://res.openai.azure.com/openai/deployments/stored/chat/completions" }).Address);
    }

    [Fact]
    public void Azure_takes_the_stored_version_where_the_query_names_none() =>
        Assert.EndsWith("?a=1&api-version=2025-01-01", Resolve("azure", "chat/completions?a=1", new() { Secret = "k", Endpoint = "https://res.openai.azure.com", Deployment = "d", ApiVersion = "2025-01-01" }).Address, StringComparison.Ordinal);

    [Theory]
    [InlineData("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "chat/completions", "/openai/v1/chat/completions", "OpenAiChat")]
    [InlineData("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1", "v1/chat/completions", "/openai/v1/chat/completions", "OpenAiChat")]
    [InlineData("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com", "model/anthropic.claude-3:0/converse", "/model/anthropic.claude-3:0/converse", "BedrockConverse")]
    [InlineData("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1", "model/anthropic.claude-3:0/invoke", "/model/anthropic.claude-3:0/invoke", "AnthropicMessages")]
    [InlineData("vertex-ai", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l", "chat/completions", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions", "OpenAiChat")]
    [InlineData("vertex-ai", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi", "v1/chat/completions", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions", "OpenAiChat")]
    [InlineData("vertex-ai", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi", "publishers/google/models/g:generateContent", "/v1/projects/p/locations/l/publishers/google/models/g:generateContent", "GeminiContent")]
    [InlineData("vertex-ai", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l", "v1beta1/projects/p/locations/l/publishers/google/models/g:streamGenerateContent", "/v1/projects/p/locations/l/publishers/google/models/g:streamGenerateContent", "GeminiContent")]
    [InlineData("vertex-ai", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l", "v1/projects/p/locations/l/publishers/anthropic/models/c:rawPredict", "/v1/projects/p/locations/l/publishers/anthropic/models/c:rawPredict", "AnthropicMessages")]
    [InlineData("custom", "https://models.example.com/llm/v1", "v1/chat/completions", "/llm/v1/chat/completions", "OpenAiChat")]
    [InlineData("custom", "https://models.example.com/llm/v1/chat/completions", "chat/completions", "/llm/v1/chat/completions", "OpenAiChat")]
    [InlineData("openai", "https://models.example.com", "v1/models", "/models", "Unknown")]
    [InlineData("gemini", "https://models.example.com/v1beta/openai", "models/g:generateContent", "/v1beta/models/g:generateContent", "GeminiContent")]
    [InlineData("cohere", "https://models.example.com/compatibility/v1", "v2/chat", "/v2/chat", "CohereChat")]
    public void A_stored_endpoint_replaces_the_root(string provider, string endpoint, string path, string expected, string protocol)
    {
        var (address, kind) = Resolve(provider, path, new() { Secret = "k", Endpoint = endpoint });
        Assert.Equal((new Uri(endpoint).Host, expected, Enum.Parse<ProtocolKind>(protocol)), (new Uri(address).Host, new Uri(address).AbsolutePath, kind));
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("bedrock")]
    [InlineData("vertex-ai")]
    [InlineData("custom")]
    public void Providers_without_an_address_of_their_own_need_one(string provider)
    {
        var path = ProviderPath.Read(s_catalog.Find(provider)!, "chat/completions")!;
        Assert.Equal("provider_misconfigured", ProviderTarget.Create(s_catalog.Find(provider)!, path, "", new() { Secret = "k" }, out _)?.Code.Code);
    }

    [Theory]
    [InlineData("chat//completions")]
    [InlineData("chat/./completions")]
    [InlineData("../chat/completions")]
    [InlineData("chat/../../secrets")]
    [InlineData("chat%2fcompletions")]
    [InlineData("chat%2Fcompletions")]
    [InlineData("models/..%2f..%2fchat")]
    [InlineData("models/a%2e")]
    [InlineData("chat\\completions")]
    [InlineData("chat/completions;a=b")]
    [InlineData("chat/completions?x")]
    [InlineData("chat/completions#x")]
    [InlineData("chat/comple\ttions")]
    public void Paths_that_can_be_read_in_two_ways_are_refused(string path) =>
        Assert.All(s_catalog.All, provider => Assert.Null(ProviderPath.Read(provider, path)));

    [Fact]
    public void Credentials_in_the_query_stay_behind() => Assert.Equal(
        "https://api.openai.com/v1/models?limit=2&after=x%26y",
        Resolve("openai", "models?key=a&limit=2&API_KEY=b&%61pi-key=c&after=x%26y&access_token=d&x-goog-api-key=e&token").Address);

    [Fact]
    public void Roots_are_configuration()
    {
        var catalog = new ProviderCatalog(new Dictionary<string, string> { ["OpenAI"] = "https://eu.api.openai.com/v1/" });
        var provider = catalog.Find("openai")!;
        Assert.Null(ProviderTarget.Create(provider, ProviderPath.Read(provider, "v1/models")!, "", new() { Secret = "k" }, out var target));
        Assert.Equal("https://eu.api.openai.com/v1/models", target!.Address.AbsoluteUri);
    }

    private static (string Address, ProtocolKind Protocol) Resolve(string name, string pathAndQuery, ProviderAccess? access = null)
    {
        var at = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var provider = s_catalog.Find(name)!;
        var path = ProviderPath.Read(provider, at < 0 ? pathAndQuery : pathAndQuery[..at]);
        Assert.NotNull(path);
        Assert.Null(ProviderTarget.Create(provider, path, at < 0 ? "" : pathAndQuery[at..], access ?? new() { Secret = "k" }, out var target));
        return (target!.Address.AbsoluteUri, target.Path.Protocol);
    }
}
