using System.Globalization;
using System.Text;
using System.Text.Json;
using LockLLM.Gateway.Tests;

namespace LockLLM.Interop.Tests;

/// <summary>
/// One word in every prompt and one in every key, sent by the official clients through everything there is, also where it
/// fails. Afterwards neither is in a file, in the log or in an error of the gateway's own.
/// </summary>
public sealed class NpmCanaryTests(ProxiedGateway gateway) : IClassFixture<ProxiedGateway>
{
    private const string Canary = "violetcanary8172";
    private const string OwnKey = "sk-violetcanary8172-brought-along";
    private const string Completion = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"The violetcanary8172 answers."},"finish_reason":"stop"}]}""";

    [Fact]
    public async Task Prompts_and_keys_are_kept_nowhere()
    {
        var ownErrors = new StringBuilder();
        var ids = new List<string>();
        string[] texts = [$"{Prompts.Attack} {Canary}", $"The {Canary} sings."];
        foreach (var text in texts)
        {
            foreach (var action in (string[])["block", "allow_with_warning"])
            {
                Answer(Completion);
                await OwnAsync(Chat("createOpenAI", "openai", text, new { scanAction = action }));
                await OwnAsync(Chat("createOpenAI", "openai", text, new { scanAction = action }, OwnKey));
                await OwnAsync(Chat("createGroq", "groq", text, new { scanAction = action, piiAction = "strip" }));
                await OwnAsync(Call("createAnthropic", "anthropic", "messages", new { model = "m", max_tokens = 9, system = text, messages = new[] { new { role = "user", content = text } } }, new { scanAction = action }));
                await OwnAsync(Call("createOpenAI", "openai", "embeddings", new { model = "m", input = text }, new { scanAction = action }));
                await OwnAsync(Call("createOpenAI", "openai", "responses", new { model = "m", input = text }, new { scanAction = action }));
                gateway.Provider.Answer = FakeProvider.EventsThenCut("""data: {"id":"c","choices":[{"index":0,"delta":{"content":"violetcanary8172"}}]}""" + "\n\n");
                await OwnAsync(Call("createOpenAI", "openai", "chat", new { model = "m", stream = true, messages = new[] { new { role = "user", content = text } } }, new { scanAction = action }));
                await ScanAsync(text, new { scanAction = action });
            }
        }

        await OwnAsync(Raw("post", "/v1/proxy/openai/chat/completions", $$"""{"messages":[{"content":"{{Canary}}"""));
        await OwnAsync(Raw("post", "/v1/proxy/openai/chat/completions", $$"""{"messages":"{{Canary}}"}"""));
        await OwnAsync(Raw("post", $"/v1/proxy/openai/{Canary}//chat", "{}"));
        await OwnAsync(Raw("post", $"/v1/proxy/{Canary}/chat/completions", "{}"));
        await OwnAsync(Raw("post", "/v1/proxy/openai/chat/completions", "{}", ("X-LockLLM-Sensitivity", Canary)));
        await OwnAsync(Raw("post", "/v1/proxy/openai/chat/completions", "{}", ("Authorization", $"Bearer llm_{Canary}{Canary}{Canary}")));
        gateway.Provider.Answer = FakeProvider.Reset();
        await OwnAsync(Chat("createOpenAI", "openai", texts[1], null));
        // The provider's own words go to the caller unchanged, and nowhere else.
        gateway.Provider.Answer = FakeProvider.Json($$$"""{"error":{"message":"You said {{{Canary}}}."}}""", 400);
        Assert.Contains(Canary, (await Chat("createOpenAI", "openai", texts[1], null)).GetProperty("error").ToString(), StringComparison.Ordinal);

        await gateway.StopAsync();
        AssertClean(ownErrors.ToString());
        AssertClean(gateway.Output);
        var files = Directory.GetFiles(gateway.DataDirectory, "*", SearchOption.AllDirectories).Select(static file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        files.ForEach(AssertClean);
        // What is looked through does hold the records of these calls.
        Assert.True(ids.Count > 20);
        Assert.Contains(files, file => ids.TrueForAll(id => file.Contains(id, StringComparison.Ordinal)));
        Assert.Contains(ids[^1], gateway.Output, StringComparison.Ordinal);

        async Task OwnAsync(Task<JsonElement> call)
        {
            var told = await call;
            if (told.TryGetProperty("error", out var error))
            {
                ownErrors.AppendLine(CultureInfo.InvariantCulture, $"{error}");
            }

            foreach (var wire in told.GetProperty("wire").EnumerateArray())
            {
                var headers = wire.GetProperty("headers");
                ownErrors.AppendLine(CultureInfo.InvariantCulture, $"{headers}");
                if (headers.TryGetProperty("x-lockllm-scanned", out _))
                {
                    ids.Add(headers.GetProperty("x-request-id").GetString()!);
                }
            }
        }

        async Task ScanAsync(string text, object options)
        {
            var told = await NodeScripts.RunAsync("scan.cjs", new { gateway.Base, ProxiedGateway.Key, request = new { input = text }, options });
            ownErrors.AppendLine(CultureInfo.InvariantCulture, $"{told}");
        }
    }

    private static void AssertClean(string text)
    {
        foreach (var secret in (string[])[Canary, ProxiedGateway.ProviderKey, ProxiedGateway.Key])
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary))[..16], text, StringComparison.Ordinal);
    }

    private void Answer(string json) => gateway.Provider.Answer = FakeProvider.Json(json);

    private Task<JsonElement> Chat(string make, string provider, string text, object? options, string? ownKey = null) =>
        Call(make, provider, "chat", new { model = "m", messages = new[] { new { role = "user", content = text } } }, options, ownKey);

    private Task<JsonElement> Call(string make, string provider, string action, object request, object? options, string? ownKey = null) => NodeScripts.RunAsync("proxy.cjs", new
    {
        gateway.Base,
        key = ownKey ?? ProxiedGateway.Key,
        make = ownKey is null ? make : "OpenAI",
        path = "/v1/proxy/" + provider,
        action,
        options = ownKey is null ? options : null,
        client = ownKey is null ? (object)new { maxRetries = 0 } : new { maxRetries = 0, defaultHeaders = new Dictionary<string, string> { ["X-LockLLM-Key"] = ProxiedGateway.Key } },
        request,
    });

    private Task<JsonElement> Raw(string method, string path, string text, params (string Name, string Value)[] headers) =>
        Call("OpenAI", "openai", "raw", new { method, url = gateway.Base + path, text, headers = headers.Append(("Content-Type", "application/json")).ToDictionary(static header => header.Item1, static header => header.Item2) }, null);
}
