using System.Text.Json;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests;

public class ScanTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scan_sends_text_key_and_every_option(bool asynchronous)
    {
        await using var server = await StartAsync(200, WireSamples.Safe, ("X-Request-Id", "req_7Qm2"));
        using var client = server.Client();
        var options = new ScanOptions
        {
            Sensitivity = Sensitivity.High, Mode = ScanMode.Combined, Context = TextContext.Tool, Chunk = true, ScanAction = ScanAction.Block, PolicyAction = ScanAction.AllowWithWarning,
            AbuseAction = ScanAction.Block, PiiAction = PiiAction.Strip, Compression = CompressionMethod.Toon, CompressionRate = 0.4, RouteAction = RouteAction.Auto,
        };
        _ = asynchronous ? await client.ScanAsync("grüße \ud83d\udc1d", options) : client.Scan("grüße \ud83d\udc1d", options);

        var asked = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/scan"), (asked.Method, asked.Path));
        Assert.Equal("Bearer " + Key, asked.Headers["Authorization"]);
        Assert.Equal("application/json", asked.Headers["Content-Type"]);
        Assert.StartsWith("LockLLM.NET/", asked.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Matches("^req_[0-9a-f]{32}$", asked.Headers["X-Request-Id"]);
        var body = JsonDocument.Parse(asked.Body).RootElement;
        Assert.Equal(("grüße \ud83d\udc1d", "high", "tool"), (body.GetProperty("input").GetString(), body.GetProperty("sensitivity").GetString(), body.GetProperty("context").GetString()));
        Assert.Equal(3, body.EnumerateObject().Count());
        foreach (var (name, value) in new[]
        {
            ("Sensitivity", "high"), ("Scan-Mode", "combined"), ("Chunk", "true"), ("Scan-Action", "block"), ("Policy-Action", "allow_with_warning"), ("Abuse-Action", "block"),
            ("PII-Action", "strip"), ("Compression", "toon"), ("Compression-Rate", "0.4"), ("Route-Action", "auto"),
        })
        {
            Assert.Equal(value, asked.Headers["X-LockLLM-" + name]);
        }
    }

    [Fact]
    public async Task Without_options_only_the_sensitivity_is_sent()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var client = server.Client();
        await client.ScanAsync("a");
        var asked = Assert.Single(server.Requests);
        Assert.Equal(["X-LockLLM-Sensitivity"], asked.Headers.Keys.Where(name => name.StartsWith("X-LockLLM", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal("""{"input":"a","sensitivity":"medium"}""", asked.Body);
    }

    [Fact]
    public async Task Headers_of_a_call_win_over_those_of_the_client()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var client = server.Client();
        await client.ScanAsync("a", null, new LockLlmRequestOptions { Headers = new Dictionary<string, string> { ["x-request-id"] = "mine", ["X-LockLLM-Sensitivity"] = "low" } }, default);
        var asked = Assert.Single(server.Requests);
        Assert.Equal("mine", asked.Headers["X-Request-Id"]);
        Assert.Equal("low", asked.Headers["X-LockLLM-Sensitivity"]);
        await Assert.ThrowsAsync<LockLlmConfigurationException>(() =>
            client.ScanAsync("a", null, new LockLlmRequestOptions { Headers = new Dictionary<string, string> { ["X-Bad"] = "two\r\nlines" } }, default));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Defaults_of_the_client_apply_where_a_call_names_none()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var client = server.Client(options => options.ScanDefaults = new() { Sensitivity = Sensitivity.Low, PiiAction = PiiAction.Block });
        await client.ScanAsync("a");
        await client.ScanAsync("a", client.Options.ScanDefaults with { Sensitivity = Sensitivity.High });
        Assert.Equal(["low", "high"], server.Requests.Select(asked => asked.Headers["X-LockLLM-Sensitivity"]));
        Assert.All(server.Requests, asked => Assert.Equal("block", asked.Headers["X-LockLLM-PII-Action"]));
    }

    [Fact]
    public async Task Every_field_of_an_answer_is_read()
    {
        const string Answer = """
            {"request_id":"req_1","safe":false,"label":1,"confidence":96,"injection":95.5,"policy_confidence":88,"sensitivity":"high",
             "usage":{"requests":3,"input_chars":73},"debug":{"duration_ms":38,"inference_ms":31,"mode":"chunked"},
             "threats":[{"category":"injection","score":95.5,"start":3,"end":70,"encoding":"base64"}],"coverage":{"scanned_chars":73,"total_chars":73},
             "scan_warning":{"message":"Instruction override pattern found.","injection_score":95.5,"confidence":96,"label":1},
             "policy_warnings":[{"policy_name":"Pharmacy rules","violated_categories":[{"name":"Dosage advice","description":"Names a dose."}],"violation_details":"Asks how many."}],
             "abuse_warnings":{"detected":true,"confidence":91,"abuse_types":["repetition"],"indicators":{"bot_score":22,"repetition_score":98,"resource_score":40,"pattern_score":35,"new_score":7},"recommendation":"Throttle."},
             "pii_result":{"detected":true,"entity_types":["email"],"entity_count":2,"redacted_input":"Write to [EMAIL]"},
             "compression_result":{"method":"toon","compressed_input":"rows[2]","original_length":44,"compressed_length":28,"compression_ratio":0.64},
             "routing":{"enabled":true,"task_type":"Summarization","complexity":0.21,"selected_model":"small","reasoning":"easy","estimated_cost":0.00012},
             "a_field_of_tomorrow":[1,2]}
            """;
        await using var server = await StartAsync(200, Answer);
        using var client = server.Client();
        var result = await client.ScanAsync("a");
        Assert.Equal((false, 1, 96d, 95.5, 88d), (result.IsSafe, result.Label, result.Confidence, result.InjectionScore, result.PolicyConfidence));
        Assert.Equal((Sensitivity.High, "high", "req_1"), (result.Sensitivity, result.SensitivityName, result.RequestId));
        Assert.Equal(new ScanUsage(3, 73), result.Usage);
        Assert.Equal(new ScanDebug(TimeSpan.FromMilliseconds(38), TimeSpan.FromMilliseconds(31), "chunked"), result.Debug);
        Assert.Equal(new Threat("injection", 95.5, 3, 70, "base64"), Assert.Single(result.Threats));
        Assert.Equal(new ScanCoverage(73, 73), result.Coverage);
        Assert.Equal(new ScanWarning("Instruction override pattern found.", 95.5, 96, 1), result.ScanWarning);
        var policy = Assert.Single(result.PolicyWarnings);
        Assert.Equal(("Pharmacy rules", "Asks how many."), (policy.PolicyName, policy.ViolationDetails));
        Assert.Equal(new ViolatedCategory("Dosage advice", "Names a dose."), Assert.Single(policy.ViolatedCategories));
        Assert.Equal((22d, 98d, 40d, 35d), (result.AbuseWarnings!.BotScore, result.AbuseWarnings.RepetitionScore, result.AbuseWarnings.ResourceScore, result.AbuseWarnings.PatternScore));
        Assert.Equal(7, result.AbuseWarnings.Indicators["new_score"]);
        Assert.Equal(("email", 2, "Write to [EMAIL]"), (Assert.Single(result.PiiResult!.EntityTypes), result.PiiResult.EntityCount, result.PiiResult.RedactedInput));
        Assert.Equal(new CompressionResult("toon", "rows[2]", 44, 28, 0.64), result.Compression);
        Assert.Equal(new RoutingResult(true, "Summarization", 0.21, "small", "easy", 0.00012m), result.Routing);
        Assert.Equal(2, result.RawJson.GetProperty("a_field_of_tomorrow").GetArrayLength());
        Assert.DoesNotContain("Write to", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"safe":true}""")]
    [InlineData("""{"safe":true,"label":null,"usage":null,"debug":{},"scan_warning":{},"policy_warnings":null,"abuse_warnings":{},"pii_result":{},"compression_result":null,"routing":{},"threats":null}""")]
    [InlineData("""{"safe":true,"label":"x","confidence":"high","injection":1e999,"sensitivity":7,"usage":[],"threats":[1,null],"policy_warnings":{"a":1},"request_id":{}}""")]
    [InlineData("""{"safe":true,"request_id":"\ud800","sensitivity":"paranoid"}""")]
    public async Task What_is_absent_null_or_odd_counts_as_absent(string answer)
    {
        await using var server = await StartAsync(200, answer, ("X-Request-Id", "req_header"));
        using var client = server.Client();
        var result = await client.ScanAsync("a");
        Assert.True(result.IsSafe);
        Assert.Equal("req_header", result.RequestId);
        Assert.Equal(new ScanUsage(0, 0), result.Usage);
        Assert.Null(result.Sensitivity);
        Assert.Empty(result.Threats);
        Assert.Empty(result.PolicyWarnings);
        Assert.All(new object?[] { result.Debug, result.ScanWarning, result.AbuseWarnings, result.PiiResult, result.Compression, result.Routing, result.InjectionScore }, Assert.Null);
    }

    [Fact]
    public async Task Text_that_is_no_proper_unicode_is_still_sent()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var client = server.Client();
        await client.ScanAsync("half \ud83d pair");
        Assert.Contains("half", Assert.Single(server.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_scans_keep_their_order_and_their_bound()
    {
        var underWay = 0;
        var most = 0;
        await using var server = await StartAsync(async (context, number) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref underWay));
            await Task.Delay(number % 3 * 10); // answers overtake one another
            Interlocked.Decrement(ref underWay);
            await AnswerAsync(context, 200, $$"""{"safe":true,"request_id":"{{context.Request.Headers["X-Request-Id"]}}"}""");
        });
        using var client = server.Client();
        var results = new List<ScanResult>();
        await foreach (var result in client.ScanManyAsync(Enumerable.Range(0, 20).Select(i => $"text {i:00}"), maxConcurrency: 4))
        {
            results.Add(result);
        }

        var sent = server.Requests.ToDictionary(asked => asked.Headers["X-Request-Id"], asked => asked.Body);
        Assert.Equal(Enumerable.Range(0, 20), results.Select(result => int.Parse(sent[result.RequestId].AsSpan(15, 2), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task The_first_failure_of_many_ends_them()
    {
        await using var server = await StartAsync((context, _) => AnswerAsync(context, 400, WireSamples.Injection));
        using var client = server.Client();
        await Assert.ThrowsAsync<PromptInjectionException>(async () =>
        {
            await foreach (var _ in client.ScanManyAsync(Enumerable.Repeat("a", 100), maxConcurrency: 3))
            {
            }
        });
        Assert.InRange(server.Requests.Count, 1, 3);
    }

    [Fact]
    public async Task Activities_and_instruments_tell_of_scans_without_their_text()
    {
        using var listener = new System.Diagnostics.ActivityListener { ShouldListenTo = source => source.Name == "LockLLM.Client", Sample = (ref _) => System.Diagnostics.ActivitySamplingResult.AllData };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        var seen = new System.Collections.Concurrent.ConcurrentQueue<System.Diagnostics.Activity>();
        listener.ActivityStopped = seen.Enqueue;
        await using var server = await StartAsync(200, WireSamples.Safe.Replace("req_7Qm2", "req_traced", StringComparison.Ordinal));
        using var client = server.Client();
        await client.ScanAsync(WireSamples.Prompt);
        var activity = Assert.Single(seen, activity => activity.GetTagItem("lockllm.request_id") is "req_traced");
        Assert.Equal(true, activity.GetTagItem("lockllm.safe"));
        Assert.DoesNotContain(activity.TagObjects, tag => tag.Value is string text && text.Contains("prompt", StringComparison.Ordinal));
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = place; value > seen; seen = place)
        {
            Interlocked.CompareExchange(ref place, value, seen);
        }
    }
}
