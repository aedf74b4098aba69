using System.Text.Json;

namespace LockLLM.Client;

/// <summary>A scan's answer as a <see cref="ScanResult"/>.</summary>
internal static class ResultReader
{
    /// <summary>Null where there is no verdict in the bytes: an answer that cannot be understood never counts as safe.</summary>
    public static ScanResult? Read(ReadOnlySpan<byte> body, string? requestId)
    {
        if (TolerantJson.ParseObject(body) is not { } root || root.Flag("safe") is not { } safe)
        {
            return null;
        }

        var sensitivity = root.Text("sensitivity");
        return new ScanResult
        {
            IsSafe = safe,
            Label = root.Integer("label") ?? (safe ? 0 : 1),
            Confidence = root.Number("confidence"),
            InjectionScore = root.Number("injection"),
            PolicyConfidence = root.Number("policy_confidence"),
            Sensitivity = WireWords.ReadSensitivity(sensitivity),
            SensitivityName = sensitivity,
            RequestId = root.Text("request_id") ?? requestId ?? "",
            Usage = root.Object("usage") is { } usage ? new ScanUsage(usage.Integer("requests") ?? 0, usage.Integer("input_chars") ?? 0) : new ScanUsage(0, 0),
            Debug = root.Object("debug") is { } debug
                ? new ScanDebug(debug.Milliseconds("duration_ms") ?? default, debug.Milliseconds("inference_ms") ?? default, debug.Text("mode"))
                : null,
            Threats = Threats(root),
            Coverage = root.Object("coverage") is { } coverage ? new ScanCoverage(coverage.Integer("scanned_chars") ?? 0, coverage.Integer("total_chars") ?? 0) : null,
            ScanWarning = root.Object("scan_warning") is { } warning
                ? new ScanWarning(warning.Text("message") ?? "", warning.Number("injection_score"), warning.Number("confidence"), warning.Integer("label") ?? 1)
                : null,
            PolicyWarnings = Policies(root, "policy_warnings"),
            AbuseWarnings = root.Object("abuse_warnings") is { } abuse ? Abuse(abuse) : null,
            PiiResult = root.Object("pii_result") is { } pii
                ? new PiiResult(pii.Flag("detected") ?? false, pii.Texts("entity_types"), pii.Integer("entity_count") ?? 0, pii.Text("redacted_input"))
                : null,
            Compression = root.Object("compression_result") is { } compression && compression.Text("compressed_input") is { } compressed
                ? new CompressionResult(
                    compression.Text("method"), compressed, compression.Integer("original_length") ?? 0,
                    compression.Integer("compressed_length") ?? compressed.Length, compression.Number("compression_ratio"))
                : null,
            Routing = root.Object("routing") is { } routing
                ? new RoutingResult(
                    routing.Flag("enabled") ?? false, routing.Text("task_type"), routing.Number("complexity"),
                    routing.Text("selected_model"), routing.Text("reasoning"), routing.Money("estimated_cost"))
                : null,
            RawJson = root,
        };
    }

    public static RefusedScan Refused(JsonElement verdict) => new()
    {
        IsSafe = verdict.Flag("safe") ?? false,
        Label = verdict.Integer("label") ?? 1,
        Confidence = verdict.Number("confidence"),
        InjectionScore = verdict.Number("injection"),
        Sensitivity = WireWords.ReadSensitivity(verdict.Text("sensitivity")),
        Threats = Threats(verdict),
    };

    public static IReadOnlyList<PolicyWarning> Policies(JsonElement parent, string name)
    {
        List<PolicyWarning>? policies = null;
        foreach (var policy in parent.Objects(name))
        {
            (policies ??= []).Add(new PolicyWarning(
                policy.Text("policy_name") ?? "",
                [.. policy.Objects("violated_categories").Select(static category => new ViolatedCategory(category.Text("name") ?? "", category.Text("description")))],
                policy.Text("violation_details")));
        }

        return policies ?? (IReadOnlyList<PolicyWarning>)[];
    }

    public static AbuseWarnings Abuse(JsonElement abuse) => new()
    {
        Detected = abuse.Flag("detected") ?? true,
        Confidence = abuse.Number("confidence"),
        AbuseTypes = abuse.Texts("abuse_types"),
        Indicators = abuse.Object("indicators") is { } indicators
            ? indicators.EnumerateObject().Select(entry => (entry.Name, Score: indicators.Number(entry.Name)))
                .Where(static entry => entry.Score is not null)
                .DistinctBy(static entry => entry.Name)
                .ToDictionary(static entry => entry.Name, static entry => entry.Score!.Value, StringComparer.Ordinal)
            : [],
        Recommendation = abuse.Text("recommendation"),
    };

    private static List<Threat> Threats(JsonElement parent)
    {
        List<Threat> threats = [];
        foreach (var threat in parent.Objects("threats"))
        {
            threats.Add(new Threat(
                threat.Text("category") ?? "", threat.Number("score") ?? 0, threat.Integer("start") ?? 0, threat.Integer("end") ?? 0, threat.Text("encoding")));
        }

        return threats;
    }
}
