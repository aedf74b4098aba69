using System.Net.Http.Headers;
using System.Text;
using LockLLM.Contracts;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Tests.Proxy;

/// <summary>A gateway in this process whose providers are all one fake.</summary>
internal sealed class ProxiedGateway : IAsyncDisposable
{
    public const string OwnKey = "sk-violet-of-the-caller";

    private static readonly (string Provider, string RootPath)[] s_roots =
    [
        (ProviderNames.OpenAi, "/v1"), (ProviderNames.Anthropic, "/v1"), (ProviderNames.Gemini, "/v1beta/openai"), (ProviderNames.Cohere, "/compatibility/v1"),
        (ProviderNames.Bedrock, "/openai/v1"), (ProviderNames.Custom, "/v1"), (ProviderNames.Mistral, "/v1"),
    ];

    private ProxiedGateway(GatewayFactory gateway, FakeProvider provider) => (Gateway, Provider) = (gateway, provider);

    public GatewayFactory Gateway { get; }

    public FakeProvider Provider { get; }

    public static async Task<ProxiedGateway> StartAsync(Detector? detector = null, bool keepsLogs = true, params (string Name, string Value)[] settings)
    {
        var provider = await FakeProvider.StartAsync();
        var gateway = new GatewayFactory { Detector = detector, KeepsLogs = keepsLogs };
        gateway.Settings["LockLLM:Egress:AllowPrivateNetworks"] = "true";
        foreach (var (name, path) in s_roots)
        {
            gateway.Settings[$"LockLLM:Proxy:Roots:{name}"] = provider.Address + path;
        }

        foreach (var (name, value) in settings)
        {
            gateway.Settings[name] = value;
        }

        return new ProxiedGateway(gateway, provider);
    }

    /// <summary>A client with the known key of the gateway and a key of its own for the provider.</summary>
    public HttpClient CreateCaller()
    {
        var client = Gateway.CreateClient();
        client.DefaultRequestHeaders.Add(HeaderNames.Key, GatewayFactory.Key);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

internal static class ProxyCalls
{
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string json, params (string Name, string Value)[] headers) =>
        client.PostAsync(path, Encoding.UTF8.GetBytes(json), headers);

    public static async Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, byte[] json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/proxy/" + path) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }
}
