using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Management;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Management;

/// <summary>A gateway on a real port, seen from <c>/api/v1</c>.</summary>
internal sealed class ManagementGateway : IDisposable
{
    public const string ProviderSecret = "sk-provider-secret-0123456789abcdef";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public ManagementGateway(string? role = null, Action<GatewayFactory>? configure = null)
        : this(Factory(role, configure))
    {
    }

    public ManagementGateway(GatewayFactory factory)
    {
        Gateway = factory;
        Address = Gateway.StartKestrel();
        Caller = Gateway.CreateCaller();
        Stranger = Gateway.CreateClient();
    }

    public GatewayFactory Gateway { get; }

    public Uri Address { get; }

    /// <summary>Sends the key of the first account.</summary>
    public HttpClient Caller { get; }

    /// <summary>Sends no credential.</summary>
    public HttpClient Stranger { get; }

    public RouteEndpoint[] AllRoutes() =>
        [.. Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))];

    /// <summary>Without those that anyone may call.</summary>
    public RouteEndpoint[] Routes() => [.. AllRoutes().Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null)];

    public T Get<T>()
        where T : notnull => Gateway.Services.GetRequiredService<T>();

    public HttpClient With(string key)
    {
        var client = Gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A caller of another account.</summary>
    public async Task<HttpClient> OtherAccountAsync()
    {
        var other = await Get<AccountStore>().CreateAsync("other", AccountSettings.Default, "system", TestContext.Current.CancellationToken);
        var theirs = await Get<ApiKeyStore>().CreateAsync(other, new ApiKeyDraft("theirs"), "system", null, TestContext.Current.CancellationToken);
        return With(theirs.Value!.Secret);
    }

    /// <summary>Scans and waits until the record of it can be read.</summary>
    public async Task<JsonElement> RecordedScanAsync(string input)
    {
        var verdict = await (await Caller.ScanAsync(JsonSerializer.Serialize(new { input }))).VerdictAsync();
        var path = "/api/v1/logs?request_id=" + verdict.GetProperty("request_id").GetString();
        var list = await UntilAsync(async () => await (await Caller.GetAsync(path)).JsonAsync(), logs => logs.GetArrayLength() == 1);
        return list[0];
    }

    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isThere)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var answer = await ask();
            if (isThere(answer))
            {
                return answer;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    private static GatewayFactory Factory(string? role, Action<GatewayFactory>? configure)
    {
        var factory = new GatewayFactory();
        if (role is not null)
        {
            factory.Settings["LockLLM:Management:ApiKeyRole"] = role;
        }

        configure?.Invoke(factory);
        return factory;
    }

    public void Dispose()
    {
        Caller.Dispose();
        Stranger.Dispose();
        Gateway.Dispose();
    }
}

internal static class ManagementCalls
{
    public static string Method(this RouteEndpoint route) => route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];

    public static string Address(this RouteEndpoint route, string id = "no_such_id") => route.RoutePattern.RawText!.TrimEnd('/').Replace(ManagementEndpoints.Id, id, StringComparison.Ordinal);

    public static Task<HttpResponseMessage> CallAsync(this HttpClient client, string method, string address, string json = "{}") => client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address)
    {
        Content = method is "POST" or "PUT" ? new StringContent(json, Encoding.UTF8, "application/json") : null,
    });

    /// <summary>What was made, after checking that it was.</summary>
    public static async Task<JsonElement> CreateAsync(this HttpClient client, string address, string json)
    {
        var answer = await client.CallAsync("POST", address, json);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    public static async Task<JsonElement> ReadAsync(this HttpClient client, string address)
    {
        var answer = await client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static string[] Texts(this JsonElement list, string property) => [.. list.EnumerateArray().Select(item => item.Text(property))];
}
