using System.Net;
using System.Text;
using System.Text.Json;

namespace LockLLM.Client;

/// <summary>An answer that is an error as an exception: by code first, then by type; what is unknown keeps everything it came with.</summary>
internal static class ErrorReader
{
    private const int ExcerptLength = 100;
    private const int MessageLength = 1000;

    private static readonly string[] s_ours =
    [
        "prompt_injection_detected", "policy_violation", "pii_detected", "abuse_detected", "insufficient_credits", "insufficient_routing_credits",
        "no_balance", "balance_check_failed", "credits_unavailable", "invalid_provider_for_credits_mode", "no_upstream_key", "no_byok_key",
        "provider_error", "scan_unavailable",
    ];

    /// <summary>Whether an error body comes from LockLLM rather than from the model provider behind it.</summary>
    public static bool IsOurs(JsonElement root)
    {
        if (root.Object("error") is not { } error || error.Text("type") is not { } type)
        {
            return false;
        }

        var code = error.Text("code");
        return (code is not null && error.Text("request_id") is not null)
            || type.StartsWith("lockllm_", StringComparison.Ordinal)
            || s_ours.Contains(code, StringComparer.Ordinal);
    }

    /// <param name="secrets">Texts of which no longer part may stand in the message: the prompt and the key.</param>
    public static LockLlmException Read(HttpStatusCode status, ReadOnlySpan<byte> body, string? requestId, TimeSpan? retryAfter, params ReadOnlySpan<string?> secrets)
    {
        if (TolerantJson.ParseObject(body) is { } root)
        {
            return Read((int)status, root, requestId, retryAfter, secrets);
        }

        var excerpt = Clean(Encoding.UTF8.GetString(body[..Math.Min(body.Length, ExcerptLength * 4)]), ExcerptLength);
        var message = excerpt.Length == 0 ? $"HTTP {(int)status}" : $"HTTP {(int)status}: {excerpt}";
        return Of((int)status, null, null, Withheld(message, (int)status, null, secrets), requestId, retryAfter, default);
    }

    public static LockLlmException Read(int status, JsonElement root, string? requestId, TimeSpan? retryAfter, params ReadOnlySpan<string?> secrets)
    {
        // The flat form, "error" a string beside "message", is the hosted service's; our gateway never sends it.
        var error = root.Object("error") ?? root;
        var code = error.Text("code") ?? root.Text("error");
        var type = error.Text("type") is { } named and not "error" ? named : null;
        var message = Clean(error.Text("message") ?? "", MessageLength);
        message = message.Length == 0 ? $"HTTP {status}" : message;
        return Of(status, type, code, Withheld(message, status, code, secrets), error.Text("request_id") ?? root.Text("request_id") ?? requestId, retryAfter, error);
    }

    private static LockLlmException Of(int status, string? type, string? code, string message, string? requestId, TimeSpan? retryAfter, JsonElement error)
    {
        switch (code, type)
        {
            case ("prompt_injection_detected", _):
                return new PromptInjectionException(message)
                {
                    Type = type ?? "lockllm_security_error", Code = code, Status = status, RequestId = requestId,
                    ScanResult = error.Object("scan_result") is { } verdict ? ResultReader.Refused(verdict) : null,
                };
            case ("policy_violation", _):
                return new PolicyViolationException(message)
                {
                    Type = type ?? "lockllm_policy_error", Code = code, Status = status, RequestId = requestId,
                    ViolatedPolicies = ResultReader.Policies(error, "violated_policies"),
                };
            case ("pii_detected", _):
                var pii = error.Object("pii_details") ?? error;
                return new PiiDetectedException(message)
                {
                    Type = type ?? "lockllm_pii_error", Code = code, Status = status, RequestId = requestId,
                    EntityTypes = pii.Texts("entity_types"), EntityCount = pii.Integer("entity_count") ?? 0,
                };
            case ("abuse_detected", _):
                var abuse = error.Object("abuse_details");
                return new AbuseDetectedException(message)
                {
                    Type = type ?? "lockllm_abuse_error", Code = code, Status = status, RequestId = requestId,
                    AbuseDetails = abuse is { } details ? ResultReader.Abuse(details) : null, RawDetails = abuse,
                };
            case ("insufficient_credits" or "insufficient_routing_credits" or "no_balance" or "balance_check_failed" or "credits_unavailable" or "invalid_provider_for_credits_mode", _):
            case (not "no_byok_key" and not "no_upstream_key", "lockllm_balance_error"):
                return new InsufficientCreditsException(message)
                {
                    Type = type ?? "lockllm_balance_error", Code = code, Status = status, RequestId = requestId,
                    CurrentBalance = error.Money("current_balance"), EstimatedCost = error.Money("estimated_cost"),
                };
            case ("no_upstream_key" or "no_byok_key", _):
            case (_, "configuration_error" or "lockllm_config_error"):
                return new LockLlmConfigurationException(message) { Type = type ?? "lockllm_config_error", Code = code, Status = status, RequestId = requestId };
            case ("unauthorized", _):
            case (_, "authentication_error"):
                return new LockLlmAuthenticationException(message) { Type = type ?? "authentication_error", Code = code, Status = status, RequestId = requestId };
            case ("provider_error", _):
            case (_, "upstream_error"):
                return new LockLlmUpstreamException(message)
                {
                    Type = type ?? "upstream_error", Code = code, Status = status, RequestId = requestId,
                    Provider = error.Text("provider"), UpstreamStatus = error.Integer("upstream_status"),
                };
            case ("rate_limited", _):
            case (_, "rate_limit_error"):
            case (null, null) when status == 429:
                return new LockLlmRateLimitException(message)
                {
                    Type = type ?? "rate_limit_error", Code = code ?? "rate_limited", Status = status, RequestId = requestId,
                    RetryAfter = retryAfter ?? error.Milliseconds("retry_after"),
                };
            case (null, null) when status == 401:
                return new LockLlmAuthenticationException(message) { RequestId = requestId };
            default:
                return new LockLlmException(message) { Type = type ?? "unknown_error", Code = code, Status = status, RequestId = requestId };
        }
    }

    private static string Clean(string text, int length)
    {
        var kept = text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        return new string([.. kept.Select(static character => char.IsControl(character) ? ' ' : character)]).Trim();
    }

    /// <summary>A server that repeats what it was sent does not get it into a log of ours.</summary>
    private static string Withheld(string message, int status, string? code, ReadOnlySpan<string?> secrets)
    {
        const int Telling = 24;
        foreach (var secret in secrets)
        {
            if (string.IsNullOrWhiteSpace(secret))
            {
                continue;
            }

            var repeats = secret.Length <= Telling && secret.Length >= 8 && message.Contains(secret, StringComparison.Ordinal);
            for (var i = 0; i + Telling <= message.Length && !repeats; i++)
            {
                repeats = secret.AsSpan().IndexOf(message.AsSpan(i, Telling)) >= 0;
            }

            if (repeats)
            {
                return $"HTTP {status} {code}".TrimEnd();
            }
        }

        return message;
    }
}
