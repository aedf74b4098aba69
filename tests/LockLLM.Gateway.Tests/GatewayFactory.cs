using System.Net.Http.Headers;
using System.Text;
using LockLLM.Gateway.Scanning;
using LockLLM.Gateway.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LockLLM.Gateway.Tests;

/// <summary>A gateway in this process, with its own data folder and one known key.</summary>
internal sealed class GatewayFactory : WebApplicationFactory<Program>
{
    public const string Key = "llm_gatewaytests0123456789ABCDEFGHIJKLMNOPQRST";

    public string DataDirectory { get; } = Directory.CreateTempSubdirectory("lockllm-").FullName;

    public CapturedLogs Logs { get; } = new();

    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>False where so much is sent that keeping the log would be the slowest part.</summary>
    public bool KeepsLogs { get; init; } = true;

    public Detector? Detector { get; init; }

    public TimeProvider? Clock { get; init; }

    /// <summary>Serves on a real port. The port comes from the setting, since UseKestrel(port) races with the start of the host.</summary>
    public Uri StartKestrel(string address = "http://127.0.0.1:0")
    {
        Settings["urls"] = address;
        UseKestrel();
        StartServer();
        return new Uri(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    /// <summary>A client that sends the known key.</summary>
    public HttpClient CreateCaller()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("LockLLM:DataDirectory", DataDirectory);
        builder.UseSetting("LockLLM:MasterKey", MasterKey.Generate().ToBase64());
        builder.UseSetting("LockLLM:Bootstrap:ApiKey", Key);
        builder.UseSetting("LockLLM:RateLimit:RequestsPerMinute", "10000000");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            if (KeepsLogs)
            {
                logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Trace).AddFilter((_, _) => true);
            }
        });
        builder.ConfigureTestServices(services =>
        {
            if (Detector is not null)
            {
                services.AddSingleton(Detector);
            }

            if (Clock is not null)
            {
                services.AddSingleton(Clock);
            }
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }
}

internal static class Calls
{
    public static Task<HttpResponseMessage> ScanAsync(this HttpClient client, string json, params (string Name, string Value)[] headers) =>
        client.ScanAsync(Encoding.UTF8.GetBytes(json), headers);

    public static Task<HttpResponseMessage> ScanAsync(this HttpClient client, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.SendAsync(request);
    }
}
