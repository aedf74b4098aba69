using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Engine;

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
