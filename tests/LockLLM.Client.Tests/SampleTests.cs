using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LockLLM.Client.Tests.Providers;
using LockLLM.Gateway.Tests;

namespace LockLLM.Client.Tests;

/// <summary>The numbered samples, as they are built, against a gateway.</summary>
public sealed partial class SampleTests(RunningGateway gateway) : IClassFixture<RunningGateway>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("01-basic-scan", "safe: True", "safe: True, kinds: ", "safe: False, kinds: injection")]
    [InlineData("02-error-handling", "refused: prompt_injection_detected, status 400, 6 properties to log")]
    [InlineData("03-openai", "Hello. scanned: True, safe: True")]
    [InlineData("04-anthropic", "1 block, scanned: True")]
    [InlineData("06-chat-client", "Hello.", "I cannot help with that.")]
    [InlineData("08-embedded", "safe: True", "safe: False", "refused: prompt_injection_detected")]
    [InlineData("09-semantic-kernel", "Hello.", "refused: prompt_injection_detected")]
    public async Task It_prints(string sample, params string[] lines)
    {
        gateway.Provider.Answer = FakeProvider.Json(sample.Contains("anthropic", StringComparison.Ordinal) ? Answers.Anthropic : Answers.OpenAI);
        Assert.Equal(lines, await RunAsync(sample));
    }

    [Fact]
    public async Task What_is_compiled_ahead_of_time_prints_the_same()
    {
        var native = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "publish", "08-embedded", "release_linux-x64", "08-embedded");
        Assert.SkipUnless(File.Exists(native), "Publish it first: dotnet publish samples/08-embedded -c Release -r linux-x64");
        using var process = Process.Start(WithEnvironment(new ProcessStartInfo(native, ["--gateway"])))!;
        Assert.Equal(["safe: True", "safe: False", "refused: prompt_injection_detected", "gateway: True"], await EndAsync(process, "08-embedded"));
    }

    [Fact]
    public async Task The_streaming_sample_prints()
    {
        gateway.Provider.Answer = FakeProvider.Events([Answers.OpenAIChunk("one "), Answers.OpenAIChunk("two"), Answers.EndOfOpenAI]);
        Assert.Equal(["one two", "refused before the first word: prompt_injection_detected"], await RunAsync("05-streaming"));
    }

    [Fact]
    public async Task The_web_sample_refuses_attacks_and_verifies_webhooks()
    {
        var secret = RandomNumberGenerator.GetBytes(24);
        using var process = Start("07-aspnetcore", "--urls", "http://127.0.0.1:0", "--LockLlm:WebhookSecret", "whsec_" + Convert.ToBase64String(secret));
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            Match listening;
            do
            {
                var line = await process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The sample ended before it listened.");
                listening = Listening().Match(line);
            }
            while (!listening.Success);

            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(listening.Groups[1].Value) };
            Assert.Equal(200, (int)(await http.PostAsJsonAsync("/chat", new { message = Prompts.Harmless })).StatusCode);
            Assert.Equal(400, (int)(await http.PostAsJsonAsync("/chat", new { message = Prompts.Attack })).StatusCode);

            const string Body = """{"event":"scan.unsafe"}""";
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).ToUnixTimeSeconds();
            using var told = new HttpRequestMessage(HttpMethod.Post, "/webhooks/lockllm") { Content = new StringContent(Body) };
            told.Headers.Add("webhook-id", "msg_1");
            told.Headers.Add("webhook-timestamp", $"{now}");
            told.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"msg_1.{now}.{Body}"))));
            Assert.Contains("scan.unsafe", await (await http.SendAsync(told)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(400, (int)(await http.PostAsync("/webhooks/lockllm", new StringContent(Body))).StatusCode);
        }
        finally
        {
            process.Kill();
        }
    }

    private async Task<string[]> RunAsync(string sample)
    {
        using var process = Start(sample);
        return await EndAsync(process, sample);
    }

    private static async Task<string[]> EndAsync(Process process, string sample)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{sample} ended with {process.ExitCode}:\n{await errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Process Start(string sample, params string[] arguments)
    {
        // artifacts/bin/{project}/{configuration}/
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var built = Path.Combine(AppContext.BaseDirectory, "..", "..", sample, configuration, sample + ".dll");
        return Process.Start(WithEnvironment(new ProcessStartInfo("dotnet", ["exec", built, .. arguments])))!;
    }

    private ProcessStartInfo WithEnvironment(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["LOCKLLM_API_KEY"] = RunningGateway.Key;
        start.Environment["LOCKLLM_BASE_URL"] = gateway.Address.ToString();
        start.Environment["OPENAI_API_KEY"] = "sk-of-the-provider";
        start.Environment["ANTHROPIC_API_KEY"] = "sk-of-the-provider";
        return start;
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
