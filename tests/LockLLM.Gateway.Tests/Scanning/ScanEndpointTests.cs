using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Tests.Scanning;

public sealed class ScanEndpointTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();
    private readonly HttpClient _caller;

    public ScanEndpointTests() => _caller = _gateway.CreateCaller();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Harmless_text_is_safe()
    {
        var response = await _caller.ScanAsync(Body(Prompts.Harmless));
        var verdict = await response.VerdictAsync();

        Assert.True(verdict.GetProperty("safe").GetBoolean());
        Assert.Equal(0, verdict.GetProperty("label").GetInt32());
        Assert.InRange(verdict.GetProperty("injection").GetDouble(), 0, 49.9);
        Assert.Equal(100, verdict.GetProperty("injection").GetDouble() + verdict.GetProperty("confidence").GetDouble(), 1);
        Assert.Equal(100, verdict.GetProperty("policy_confidence").GetDouble());
        Assert.Equal("medium", verdict.GetProperty("sensitivity").GetString());
        Assert.Equal(2, verdict.GetProperty("usage").GetProperty("requests").GetInt32());
        Assert.Equal(26, verdict.GetProperty("usage").GetProperty("input_chars").GetInt32());
        Assert.Equal("single", verdict.GetProperty("debug").GetProperty("mode").GetString());
        Assert.Equal(26, verdict.GetProperty("coverage").GetProperty("scanned_chars").GetInt32());
        Assert.Equal(26, verdict.GetProperty("coverage").GetProperty("total_chars").GetInt32());
        Assert.False(verdict.Has("scan_warning"));
        Assert.False(verdict.Has("threats"));
        Assert.Equal("true", response.Header(HeaderNames.Scanned));
        Assert.Equal("true", response.Header(HeaderNames.Safe));
        Assert.Equal("0", response.Header(HeaderNames.Label));
        Assert.Equal("combined", response.Header(HeaderNames.UsedScanMode));
        Assert.Equal("medium", response.Header(HeaderNames.Sensitivity));
        Assert.Null(response.Header(HeaderNames.ScanWarning));
        Assert.Null(response.Header(HeaderNames.Blocked));
        Assert.Null(response.Header("Server"));
    }

    [Fact]
    public async Task An_attack_is_let_through_with_a_warning_by_default()
    {
        var response = await _caller.ScanAsync(Body(Prompts.Attack));
        var verdict = await response.VerdictAsync();

        Assert.False(verdict.GetProperty("safe").GetBoolean());
        Assert.Equal(1, verdict.GetProperty("label").GetInt32());
        var injection = verdict.GetProperty("injection").GetDouble();
        Assert.InRange(injection, 50, 100);
        Assert.Equal(injection, verdict.GetProperty("confidence").GetDouble());
        var warning = verdict.GetProperty("scan_warning");
        Assert.Equal(injection, warning.GetProperty("injection_score").GetDouble());
        Assert.Equal(injection, warning.GetProperty("confidence").GetDouble());
        Assert.Equal(1, warning.GetProperty("label").GetInt32());
        Assert.NotEmpty(warning.GetProperty("message").GetString()!);
        Assert.Equal("true", response.Header(HeaderNames.ScanWarning));
        Assert.Equal(injection.ToString(CultureInfo.InvariantCulture), response.Header(HeaderNames.InjectionScore));
        Assert.Null(response.Header(HeaderNames.Blocked));
        var threats = verdict.GetProperty("threats").EnumerateArray().ToArray();
        Assert.NotEmpty(threats);
        Assert.Equal([.. threats.Select(Score).OrderDescending()], threats.Select(Score));

        static double Score(JsonElement threat) => threat.GetProperty("score").GetDouble();
    }

    [Fact]
    public async Task A_blocked_attack_is_an_error_with_the_whole_verdict()
    {
        var response = await _caller.ScanAsync(Body(Prompts.Attack), (HeaderNames.ScanAction, "block"));
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest, "prompt_injection_detected");

        Assert.Equal("lockllm_security_error", error.GetProperty("type").GetString());
        var result = error.GetProperty("scan_result");
        Assert.False(result.GetProperty("safe").GetBoolean());
        Assert.Equal(1, result.GetProperty("label").GetInt32());
        Assert.InRange(result.GetProperty("confidence").GetDouble(), 50, 100);
        Assert.InRange(result.GetProperty("injection").GetDouble(), 50, 100);
        Assert.Equal("medium", result.GetProperty("sensitivity").GetString());
        Assert.NotEmpty(result.GetProperty("threats").EnumerateArray());
        Assert.Equal(Prompts.Attack.Length, result.GetProperty("coverage").GetProperty("scanned_chars").GetInt32());
        Assert.Equal("false", response.Header("x-should-retry"));
        Assert.Equal("true", response.Header(HeaderNames.Blocked));
        Assert.Equal("true", response.Header(HeaderNames.ScanWarning));
    }

    [Fact]
    public async Task Harmless_text_passes_a_blocking_call()
    {
        var verdict = await (await _caller.ScanAsync(Body(Prompts.Harmless), (HeaderNames.ScanAction, "block"))).VerdictAsync();
        Assert.True(verdict.GetProperty("safe").GetBoolean());
    }

    [Fact]
    public async Task Normal_mode_says_nothing_about_policies()
    {
        var response = await _caller.ScanAsync(Body(Prompts.Harmless), (HeaderNames.ScanMode, "normal"));
        var verdict = await response.VerdictAsync();
        Assert.False(verdict.Has("policy_confidence"));
        Assert.Equal(1, verdict.GetProperty("usage").GetProperty("requests").GetInt32());
        Assert.Equal("normal", response.Header(HeaderNames.UsedScanMode));
        Assert.Null(response.Header(HeaderNames.PolicyConfidence));
    }

    [Theory]
    [InlineData("low")]
    [InlineData("medium")]
    [InlineData("high")]
    public async Task The_sensitivity_used_is_echoed(string level)
    {
        var byHeader = await _caller.ScanAsync(Body(Prompts.Harmless), (HeaderNames.Sensitivity, level));
        var byBody = await _caller.ScanAsync($$"""{"input":"x","sensitivity":"{{level}}"}""");
        Assert.Equal(level, (await byHeader.VerdictAsync()).GetProperty("sensitivity").GetString());
        Assert.Equal(level, (await byBody.VerdictAsync()).GetProperty("sensitivity").GetString());
        Assert.Equal(level, byBody.Header(HeaderNames.Sensitivity));
    }

    [Fact]
    public async Task A_header_wins_over_the_body()
    {
        var verdict = await (await _caller.ScanAsync("""{"input":"x","sensitivity":"low","mode":"combined"}""", ("x-lockllm-sensitivity", "high"), ("X-LOCKLLM-SCAN-MODE", "normal"))).VerdictAsync();
        Assert.Equal("high", verdict.GetProperty("sensitivity").GetString());
        Assert.False(verdict.Has("policy_confidence"));
    }

    [Fact]
    public async Task The_empty_text_is_safe()
    {
        var verdict = await (await _caller.ScanAsync("""{"input":""}""")).VerdictAsync();
        Assert.True(verdict.GetProperty("safe").GetBoolean());
        Assert.Equal(0, verdict.GetProperty("usage").GetProperty("input_chars").GetInt32());
    }

    [Theory]
    [InlineData(2_000, "single", 2)]
    [InlineData(2_001, "chunked", 3)]
    [InlineData(10_000, "chunked", 6)]
    [InlineData(100_000, "chunked", 51)]
    public async Task Long_text_is_looked_at_in_pieces(int characters, string mode, int requests)
    {
        var verdict = await (await _caller.ScanAsync(Body(Prompts.Long(characters)), (HeaderNames.Chunk, "true"))).VerdictAsync();
        Assert.Equal(mode, verdict.GetProperty("debug").GetProperty("mode").GetString());
        Assert.Equal(requests, verdict.GetProperty("usage").GetProperty("requests").GetInt32());
        Assert.Equal(characters, verdict.GetProperty("usage").GetProperty("input_chars").GetInt32());
    }

    [Fact]
    public async Task Length_is_counted_in_scalars_not_in_utf16()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 100_000));
        var verdict = await (await _caller.ScanAsync(Body(longest))).VerdictAsync();
        Assert.Equal(100_000, verdict.GetProperty("usage").GetProperty("input_chars").GetInt32());

        var error = await (await _caller.ScanAsync(Body(longest + "a"))).ErrorAsync(HttpStatusCode.RequestEntityTooLarge, "input_too_long");
        Assert.Equal("input", error.GetProperty("param").GetString());
        Assert.Equal(100_000, error.GetProperty("max_chars").GetInt32());
        Assert.Equal(100_001, error.GetProperty("input_chars").GetInt32());
    }

    [Fact]
    public async Task Threat_positions_are_scalars_of_the_submitted_text()
    {
        var before = "Grüße 👩‍👩‍👧 und 𝕊onne ";
        var verdict = await (await _caller.ScanAsync(Body(before + Prompts.Attack))).VerdictAsync();
        var threat = verdict.GetProperty("threats").EnumerateArray().First();
        var start = threat.GetProperty("start").GetInt32();
        var end = threat.GetProperty("end").GetInt32();
        var total = before.EnumerateRunes().Count() + Prompts.Attack.Length;
        Assert.InRange(start, 0, end - 1);
        Assert.InRange(end, 1, total);
        Assert.Equal(total, verdict.GetProperty("coverage").GetProperty("total_chars").GetInt32());
    }

    [Theory]
    [InlineData("""{"inputs":"WORDS"}""")]
    [InlineData("""{"text":"WORDS"}""")]
    [InlineData("""{"inputs":["Hello,","WORDS"]}""")]
    [InlineData("""{"input":null,"text":"WORDS"}""")]
    [InlineData("""{"text":"fine","inputs":"fine","input":"WORDS"}""")]
    [InlineData("""{"input":"fine","input":"WORDS"}""")]
    [InlineData("""{"other":{"input":"fine","deep":[[{}]]},"input":"WORDS","more":1e400}""")]
    public async Task The_text_is_found_under_every_name(string body)
    {
        var words = JsonSerializer.Serialize(Prompts.Attack)[1..^1];
        var verdict = await (await _caller.ScanAsync(body.Replace("WORDS", words, StringComparison.Ordinal))).VerdictAsync();
        Assert.False(verdict.GetProperty("safe").GetBoolean());
    }

    [Fact]
    public async Task Lines_of_inputs_are_joined_by_line_breaks()
    {
        var verdict = await (await _caller.ScanAsync("""{"inputs":["ab","","c😀"]}""")).VerdictAsync();
        Assert.Equal(6, verdict.GetProperty("usage").GetProperty("input_chars").GetInt32());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("document")]
    [InlineData("tool")]
    public async Task Every_context_is_accepted(string context) =>
        await (await _caller.ScanAsync($$"""{"input":"x","context":"{{context}}"}""")).VerdictAsync();

    [Fact]
    public async Task The_detail_header_is_padded_base64_of_ascii_json()
    {
        var response = await _caller.ScanAsync(Body("é😀 " + Prompts.Attack));
        var header = response.Header(HeaderNames.ScanDetail)!;
        Assert.Equal(0, header.Length % 4);
        Assert.InRange(header.Length, 4, 4096);
        var json = Convert.FromBase64String(header);
        Assert.True(Ascii.IsValid(json));
        var detail = JsonDocument.Parse(json).RootElement;
        Assert.Equal(1, detail.GetProperty("label").GetInt32());
        Assert.Equal(response.Header(HeaderNames.InjectionScore), detail.GetProperty("injection_score").GetDouble().ToString(CultureInfo.InvariantCulture));
        Assert.NotEmpty(detail.GetProperty("message").GetString()!);
        Assert.Equal(detail.GetProperty("threats").ToString(), (await response.VerdictAsync()).GetProperty("threats").ToString());
    }

    [Fact]
    public async Task The_operator_can_switch_debug_off()
    {
        using var quiet = new GatewayFactory { Settings = { ["LockLLM:Scan:Debug"] = "false" } };
        Assert.False((await (await quiet.CreateCaller().ScanAsync(Body("x"))).VerdictAsync()).Has("debug"));
    }

    [Fact]
    public async Task Answers_hold_no_null()
    {
        foreach (var text in (string[])[Prompts.Harmless, Prompts.Attack])
        {
            Assert.DoesNotContain("null", await (await _caller.ScanAsync(Body(text))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_culture_with_decimal_commas_changes_nothing()
    {
        var before = CultureInfo.DefaultThreadCurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        CultureInfo.DefaultThreadCurrentCulture = comma;
        CultureInfo.CurrentCulture = comma;
        try
        {
            var response = await _caller.ScanAsync(Body(Prompts.Attack), (HeaderNames.CompressionRate, "0.5"));
            await response.VerdictAsync();
            Assert.DoesNotContain(',', response.Header(HeaderNames.InjectionScore)! + response.Header(HeaderNames.Confidence));
            await (await _caller.ScanAsync(Body("x"), (HeaderNames.CompressionRate, "0,5"))).ErrorAsync(HttpStatusCode.BadRequest, "invalid_parameter");
        }
        finally
        {
            CultureInfo.DefaultThreadCurrentCulture = before;
        }
    }

    private static string Body(string text) => JsonSerializer.Serialize(new { input = text });
}
