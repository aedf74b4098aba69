using System.Net;
using System.Net.Http.Json;
using System.Text;
using LockLLM.Gateway.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LockLLM.Client.Tests;

public class AspNetCoreTests
{
    private sealed record Chat(string? Message);

    [Fact]
    public async Task A_filter_scans_a_field_before_the_endpoint_runs()
    {
        var reached = 0;
        await using var app = await StartAsync(app => app.MapPost("/chat", (Chat chat) => Interlocked.Increment(ref reached)).ScanWithLockLlm((Chat chat) => chat.Message));
        using var http = Http(app);
        using var refused = await http.PostAsJsonAsync("/chat", new Chat(Prompts.Attack));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        var problem = await refused.Content.ReadFromJsonAsync<Dictionary<string, object>>();
        Assert.Equal("The request was refused.", problem!["title"].ToString());
        Assert.StartsWith("local_", problem["requestId"].ToString(), StringComparison.Ordinal);
        Assert.Equal(0, reached);
        Assert.True((await http.PostAsJsonAsync("/chat", new Chat(Prompts.Harmless))).IsSuccessStatusCode);
        Assert.True((await http.PostAsJsonAsync("/chat", new Chat(null))).IsSuccessStatusCode);
        Assert.Equal(2, reached);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.PostAsJsonAsync("/chat", new Chat(new string('a', 100_001)))).StatusCode);
    }

    [Fact]
    public async Task A_filter_that_finds_nothing_to_scan_lets_nothing_through()
    {
        await using var app = await StartAsync(app => app.MapPost("/chat", (HttpRequest _) => "reached").ScanWithLockLlm((Chat chat) => chat.Message));
        using var http = Http(app);
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.PostAsJsonAsync("/chat", new Chat(Prompts.Harmless))).StatusCode);
    }

    [Fact]
    public async Task A_scanner_that_fails_answers_503()
    {
        await using var server = await ScriptedServer.StartAsync(500, "{}");
        using var client = server.Client(options => options.MaxRetries = 0);
        await using var app = await StartAsync(app => app.MapPost("/chat", (Chat chat) => "reached").ScanWithLockLlm((Chat chat) => chat.Message), client);
        using var http = Http(app);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.PostAsJsonAsync("/chat", new Chat("Hi"))).StatusCode);
    }

    [Theory]
    [InlineData("""{"message":"HARMLESS"}""", 200)]
    [InlineData("""{"other":"ATTACK"}""", 200)]
    [InlineData("""{"message":"ATTACK"}""", 400)]
    [InlineData("""{"MESSAGE":"ATTACK"}""", 400)]
    [InlineData("""{"message":"ATTACK","message":"HARMLESS"}""", 400)]
    [InlineData("""{"message":"HARMLESS","message":"ATTACK"}""", 400)]
    [InlineData("""[{"a":{"message":["x",{"text":"ATTACK"}]}}]""", 400)]
    [InlineData("""{"message":""", 400)]
    public async Task The_middleware_scans_fields_wherever_they_stand(string body, int status)
    {
        await using var app = await StartAsync(app =>
        {
            app.UseLockLlmScan(["message"]);
            app.MapPost("/chat", async (HttpRequest request) => await new StreamReader(request.Body).ReadToEndAsync());
        });
        using var http = Http(app);
        var sent = body.Replace("ATTACK", Prompts.Attack.Replace("\n", "\\n", StringComparison.Ordinal), StringComparison.Ordinal).Replace("HARMLESS", Prompts.Harmless, StringComparison.Ordinal);
        using var answer = await http.PostAsync("/chat", new StringContent(sent, Encoding.UTF8, "application/json"));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 200)
        {
            Assert.Equal(sent, await answer.Content.ReadAsStringAsync()); // the endpoint reads the same body
        }
    }

    [Fact]
    public async Task The_middleware_refuses_what_it_cannot_read()
    {
        await using var app = await StartAsync(app =>
        {
            app.UseLockLlmScan(["message"], options => options.MaxBodyBytes = 1000);
            app.MapPost("/chat", () => "reached");
            app.MapGet("/chat", () => "read");
        });
        using var http = Http(app);
        Assert.Equal(415, (int)(await http.PostAsync("/chat", new StringContent("{}", Encoding.UTF8, "text/plain"))).StatusCode);
        Assert.Equal(413, (int)(await http.PostAsync("/chat", new StringContent("[\"" + new string('a', 100_000) + "\"]", Encoding.UTF8, "application/json"))).StatusCode);
        Assert.Equal("read", await http.GetStringAsync("/chat"));
        Assert.Equal("reached", await (await http.PostAsync("/chat", null)).Content.ReadAsStringAsync());
        using var get = new HttpRequestMessage(HttpMethod.Get, "/chat") { Content = new StringContent("text") };
        Assert.Equal(415, (int)(await http.SendAsync(get)).StatusCode);
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, IPromptScanner? scanner = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (scanner is null)
        {
            builder.Services.AddLockLlmEmbedded();
        }
        else
        {
            builder.Services.AddSingleton(scanner);
        }

        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private static HttpClient Http(WebApplication app) => new(new SocketsHttpHandler()) { BaseAddress = new Uri(app.Urls.Single()) };
}
