using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Engine;
using LockLLM.Gateway.Tests.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LockLLM.Gateway.Tests;

/// <summary>One phrase, sent every way there is, must stay nowhere: not in a log, a file or an error.</summary>
public sealed class CanaryTests
{
    private const string Canary = "violetcanary7261";
    private const string CanaryKey = "llm_violetcanary7261violetcanary7261violetcanary7261";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_callers_send_is_kept_nowhere(bool overKestrel)
    {
        var isBroken = false;
        var engine = new PromptScanner();
        using var gateway = new GatewayFactory
        {
            Detector = (text, trust) => isBroken ? throw new InvalidOperationException("Failed on " + text.ToString()) : engine.Scan(text, trust),
        };
        if (overKestrel)
        {
            gateway.StartKestrel();
        }

        var caller = gateway.CreateCaller();
        var stranger = gateway.CreateClient();
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", CanaryKey);
        var answers = new StringBuilder();
        for (var round = 0; round < 2; round++)
        {
            foreach (var client in (HttpClient[])[caller, stranger])
            {
                foreach (var (body, headers) in Calls())
                {
                    await NoteAsync(await client.ScanAsync(body, headers));
                }

                foreach (var path in (string[])["/health", "/ready", "/v1/status", "/openapi/v1.json", "/reference/", "/v1/scan", "/nothing/" + Canary, $"/v1/status?text={Canary}&key={CanaryKey}"])
                {
                    await NoteAsync(await client.GetAsync(path));
                    await NoteAsync(await client.PostAsync(path, new StringContent(Canary)));
                }
            }

            isBroken = true;
        }

        AssertClean(answers.ToString());
        Assert.NotEmpty(gateway.Logs.Lines);
        // ASP.NET Core itself writes addresses when asked for its information level, which the gateway's defaults do not.
        Assert.All(gateway.Logs.Lines.Where(line => !line.Contains("/nothing/", StringComparison.Ordinal) && !line.Contains("/v1/status", StringComparison.Ordinal)), AssertClean);
        Assert.All(Directory.GetFiles(gateway.DataDirectory, "*", SearchOption.AllDirectories), file => AssertClean(File.ReadAllText(file)));

        async Task NoteAsync(HttpResponseMessage response) => answers.Append(response.Headers).Append(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_goes_to_providers_is_kept_nowhere_either()
    {
        const string ProviderSecret = "sk-violetcanary7261-stored-provider-secret";
        await using var collector = await FakeProvider.StartAsync();
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings:
        [
            ("LockLLM:Otlp:Endpoint", collector.Address), ("LockLLM:Otlp:Protocol", "HttpProtobuf"),
            ("LockLLM:Bootstrap:ProviderKeys:0:Provider", "anthropic"), ("LockLLM:Bootstrap:ProviderKeys:0:ApiKey", ProviderSecret),
        ]);
        proxied.Gateway.StartKestrel();
        using var caller = proxied.CreateCaller();
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-" + Canary);
        using var stored = proxied.Gateway.CreateCaller();
        var errors = new StringBuilder();
        foreach (var answer in (RequestDelegate[])
        [
            FakeProvider.Json($$"""{"choices":[{"message":{"content":"{{Canary}}"} }],"usage":{"prompt_tokens":1,"completion_tokens":1} }"""),
            FakeProvider.Json($$"""{"error":{"message":"{{Canary}}"} }""", 400),
            FakeProvider.Json($$"""{"error":{"message":"{{Canary}}"} }""", 401),
            FakeProvider.Json(Canary, 500),
            FakeProvider.Events([$"data: {Canary}\n\n", "data: [DONE]\n\n"]),
            FakeProvider.EventsThenCut($"data: {Canary}\n\n"),
            FakeProvider.Reset(),
            FakeProvider.BadGzip(),
        ])
        {
            proxied.Provider.Answer = answer;
            foreach (var (client, path) in ((HttpClient, string)[])
                [(caller, "openai/v1/chat/completions"), (stored, "anthropic/v1/messages"), (caller, "gemini/v1beta/models/gemini-2.5-flash:generateContent?key=" + Canary), (caller, "openai/v1/files/" + Canary)])
            {
                await CallAsync(client, path, $"The {Canary} sings.", "true");
                await CallAsync(client, path, $"The {Canary} sings.", "false");
                errors.Append(await CallAsync(client, path, $"red violet {Canary}", "false"));
            }
        }

        AssertClean(errors.ToString());
        var metrics = await proxied.Gateway.CreateClient().GetStringAsync(new Uri("/metrics", UriKind.Relative));
        // The port is closed and queues are written; the folder stays until the very end.
        await proxied.Gateway.Services.GetRequiredService<IHost>().StopAsync();
        var files = Directory.GetFiles(proxied.Gateway.DataDirectory, "*", SearchOption.AllDirectories).Select(file => (file, Bytes: File.ReadAllBytes(file))).ToArray();
        await proxied.Gateway.DisposeAsync();

        AssertClean(metrics);
        Assert.Contains(files, file => file.Bytes.AsSpan().IndexOf("proxy_request"u8) < 0 && file.Bytes.AsSpan().IndexOf("ProxyRequest"u8) > 0);
        foreach (var (file, bytes) in files)
        {
            foreach (var spelled in (byte[][])[Encoding.UTF8.GetBytes(Canary), Encoding.Unicode.GetBytes(Canary), Encoding.UTF8.GetBytes(GatewayFactory.Key)])
            {
                Assert.True(bytes.AsSpan().IndexOf(spelled) < 0, file);
            }
        }

        Assert.All(proxied.Gateway.Logs.Lines.Where(line => !IsFrameworks(line)), AssertClean);
        Assert.Contains(collector.Requests, request => request.Target == "/v1/traces");
        Assert.All(collector.Requests, request => AssertClean(Encoding.Latin1.GetString(request.Body)));

        static async Task<string> CallAsync(HttpClient client, string path, string text, string stream)
        {
            try
            {
                using var response = await client.PostAsync(path, $$"""{"model":"gpt-5","max_tokens":5,"stream":{{stream}},"contents":[{"parts":[{"text":"{{text}}"}]}],"messages":[{"role":"user","content":"{{text}}"}]}""");
                return response.Headers + await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException)
            {
                // Cut off in the middle of the answer, as it came.
                return "";
            }
        }

        // ASP.NET Core itself writes addresses when asked for its information level, which the gateway's defaults do not.
        static bool IsFrameworks(string line) => line.Contains("http://127.0.0.1", StringComparison.Ordinal) || line.Contains("/v1/proxy", StringComparison.Ordinal);
    }

    private static void AssertClean(string text)
    {
        Assert.DoesNotContain(Canary, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary))[..16], text, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Body, (string, string)[] Headers)> Calls()
    {
        var harmless = JsonSerializer.Serialize(new { input = $"The {Canary} sings." });
        var attack = JsonSerializer.Serialize(new { input = $"{Prompts.Attack} {Canary}" });
        foreach (var action in (string[])["block", "allow_with_warning"])
        {
            yield return (harmless, [(HeaderNames.ScanAction, action)]);
            yield return (attack, [(HeaderNames.ScanAction, action)]);
        }

        yield return (JsonSerializer.Serialize(new { input = Prompts.Long(99_000) + Canary }), []);
        yield return (JsonSerializer.Serialize(new { input = Canary + Prompts.Long(100_000) }), []);
        yield return (harmless[..^2], []);
        yield return (Canary, []);
        yield return ($$"""{"{{Canary}}":1}""", []);
        yield return ($$"""{"input":["{{Canary}}"]}""", []);
        yield return ($$"""{"input":"a","sensitivity":"{{Canary}}"}""", []);
        yield return ($$"""{"input":"{{Canary}} \ud800"}""", []);
        foreach (var header in HeaderNames.Requests.Where(name => name is not ("Authorization" or "Content-Type" or HeaderNames.RequestId or HeaderNames.Key)))
        {
            yield return (harmless, [(header, Canary)]);
        }

        yield return (harmless, [(HeaderNames.Key, CanaryKey)]);
        yield return (harmless, [(HeaderNames.RequestId, Canary + " with spaces")]);
    }
}
