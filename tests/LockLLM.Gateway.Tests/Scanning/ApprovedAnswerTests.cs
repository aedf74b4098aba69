using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LockLLM.Contracts;
using LockLLM.Engine;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Tests.Scanning;

/// <summary>The main answers, whole, as they were looked at. What the detector finds is its own business, so scores, sentences and threats are masked.</summary>
public sealed partial class ApprovedAnswerTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public Task Safe() => MatchAsync("scan-safe", Prompts.Harmless);

    [Fact]
    public Task Warned() => MatchAsync("scan-warned", Prompts.Attack);

    [Fact]
    public Task Blocked() => MatchAsync("scan-blocked", Prompts.Attack, (HeaderNames.ScanAction, "block"));

    [Fact]
    public Task Normal() => MatchAsync("scan-normal-mode", Prompts.Harmless, (HeaderNames.ScanMode, "normal"));

    [Fact]
    public Task Invalid_parameter() => MatchAsync("error-invalid-parameter", "a", (HeaderNames.ScanAction, "blok"));

    [Fact]
    public Task Feature_unavailable() => MatchAsync("error-feature-unavailable", "a", (HeaderNames.PiiAction, "strip"));

    [Fact]
    public Task Too_long() => MatchAsync("error-input-too-long", Prompts.Long(100_001));

    [Fact]
    public Task Unauthorized() => MatchAsync("error-unauthorized", "a", (HeaderNames.Key, "llm_wrong"));

    private async Task MatchAsync(string name, string text, params (string, string)[] headers)
    {
        var response = await _gateway.CreateCaller().ScanAsync(JsonSerializer.Serialize(new { input = text }), [.. headers, (HeaderNames.RequestId, "req_fixed")]);
        var answer = new StringBuilder($"{(int)response.StatusCode}\n");
        foreach (var (header, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not "Content-Length").OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            answer.Append(header).Append(": ").Append(header == HeaderNames.ScanDetail ? Decoded(values.Single()) : string.Join(", ", values)).Append('\n');
        }

        answer.Append('\n').Append(await response.Content.ReadAsStringAsync());
        ApprovedFile.Match(name + ".txt", Masked(answer.ToString()));
    }

    private static string Masked(string answer)
    {
        answer = Timings().Replace(answer, "$1#");
        answer = Scores().Replace(answer, "$1#");
        answer = Threats().Replace(answer, "$1#]");
        return Sentences().Replace(answer, "$1#\"");
    }

    private static string Decoded(string base64) => Encoding.ASCII.GetString(Convert.FromBase64String(base64));

    [GeneratedRegex("""("(?:duration|inference)_ms":)\d+""")]
    private static partial Regex Timings();

    [GeneratedRegex("""((?:"(?:injection|confidence|injection_score)":|LLM-Confidence: |-Score: ))[\d.]+""")]
    private static partial Regex Scores();

    [GeneratedRegex("""("threats":\[)[^\]]*\]""")]
    private static partial Regex Threats();

    [GeneratedRegex("""("message":"(?:Request refused: )?)(?:Attempt|Instructions|Text) [^"]*["]""")]
    private static partial Regex Sentences();
}
