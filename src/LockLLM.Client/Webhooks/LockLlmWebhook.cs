using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LockLLM.Client;

/// <summary>Checks that a webhook comes from the gateway, following Standard Webhooks, and reads it.</summary>
public static class LockLlmWebhook
{
    private const string SecretPrefix = "whsec_";

    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Checks the signature and reads the event.</summary>
    /// <param name="body">The body, byte for byte as it arrived.</param>
    /// <param name="header">Gives a request header by name, or null: <c>name => request.Headers[name]</c>.</param>
    /// <param name="secret">The webhook's secret, <c>whsec_...</c>.</param>
    /// <param name="tolerance">Largest age, and largest lead of the sender's clock. Default 5 minutes.</param>
    /// <param name="timeProvider">The clock; tests set another.</param>
    /// <exception cref="LockLlmWebhookException">The request is not from the gateway, too old, or no event.</exception>
    /// <exception cref="LockLlmConfigurationException">The secret is no webhook secret.</exception>
    public static WebhookEvent Verify(ReadOnlySpan<byte> body, Func<string, string?> header, string secret, TimeSpan? tolerance = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (string.IsNullOrWhiteSpace(secret))
        {
            throw new LockLlmConfigurationException("A webhook secret is needed.");
        }

        var id = header("webhook-id");
        if (id is { Length: > 0 } && header("webhook-signature") is { Length: > 0 } signatures)
        {
            var sent = header("webhook-timestamp") ?? "";
            CheckAge(sent, tolerance ?? s_tolerance, timeProvider);
            var expected = Hmac(StandardKey(secret), $"{id}.{sent}.", body);
            Require(signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Any(signature => signature.StartsWith("v1,", StringComparison.Ordinal) && Matches(signature.AsSpan(3), expected)));
            return Read(body, id);
        }

        if (header("X-LockLLM-Signature") is { Length: > 0 } own)
        {
            var parts = own.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var sent = parts.FirstOrDefault(static part => part.StartsWith("t=", StringComparison.Ordinal))?[2..] ?? "";
            CheckAge(sent, tolerance ?? s_tolerance, timeProvider);
            var expected = Hmac(Encoding.UTF8.GetBytes(secret), sent + ".", body);
            Require(parts.Any(part => part.StartsWith("v1=", StringComparison.Ordinal) && MatchesHex(part.AsSpan(3), expected)));
            return Read(body, header("X-LockLLM-Delivery"));
        }

        throw new LockLlmWebhookException("The request is not signed.");
    }

    private static void CheckAge(string sent, TimeSpan tolerance, TimeProvider? clock)
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();
        if (!long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs((double)now - seconds) > tolerance.TotalSeconds)
        {
            throw new LockLlmWebhookException("The request is too old, or the clocks differ.");
        }
    }

    private static byte[] StandardKey(string secret)
    {
        var coded = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        try
        {
            return Convert.FromBase64String(coded.PadRight((coded.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException malformed)
        {
            throw new LockLlmConfigurationException("The webhook secret is not whsec_ followed by base64.", malformed);
        }
    }

    private static byte[] Hmac(byte[] key, string prefix, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(prefix));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    private static bool Matches(ReadOnlySpan<char> base64, byte[] expected)
    {
        Span<byte> given = stackalloc byte[64];
        return base64.Length <= 64 && Convert.TryFromBase64Chars(base64, given, out var length) && CryptographicOperations.FixedTimeEquals(given[..length], expected);
    }

    private static bool MatchesHex(ReadOnlySpan<char> hex, byte[] expected)
    {
        try
        {
            return hex.Length == 2 * expected.Length && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(hex), expected);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void Require(bool valid)
    {
        if (!valid)
        {
            throw new LockLlmWebhookException("The signature does not match.");
        }
    }

    private static WebhookEvent Read(ReadOnlySpan<byte> body, string? delivery)
    {
        var root = TolerantJson.ParseObject(body) ?? throw new LockLlmWebhookException("The signed body is no event.");
        return new WebhookEvent
        {
            Event = root.Text("event") ?? root.Text("type") ?? throw new LockLlmWebhookException("The signed body is no event."),
            DeliveryId = delivery,
            Timestamp = root.Number("timestamp") is { } milliseconds and >= 0 and < 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null,
            RequestId = root.Text("request_id"),
            UserId = root.Text("user_id"),
            ScanResult = root.Object("scan_result") is { } verdict ? ResultReader.Refused(verdict) : null,
            InputPreview = root.Text("input_preview") is { Length: > 0 } preview ? preview : null,
            RawJson = root,
        };
    }
}

/// <summary>Something the gateway tells.</summary>
public sealed record WebhookEvent
{
    /// <summary>What happened, such as <c>prompt_injection_detected</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Stays the same when a delivery is repeated: handle each once.</summary>
    public string? DeliveryId { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Finds the call in the gateway's log.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whose call it was.</summary>
    public string? UserId { get; init; }

    /// <summary>The verdict.</summary>
    public RefusedScan? ScanResult { get; init; }

    /// <summary>A short redacted excerpt, where the account sends one.</summary>
    public string? InputPreview { get; init; }

    /// <summary>The whole event.</summary>
    public JsonElement RawJson { get; init; }

    /// <summary>Leaves the excerpt out.</summary>
    public override string ToString() => $"{nameof(WebhookEvent)} {{ Event = {Event}, DeliveryId = {DeliveryId}, RequestId = {RequestId} }}";
}

/// <summary>A webhook that is not to be believed. Answer it with 400.</summary>
public sealed class LockLlmWebhookException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmWebhookException(string message)
        : base(message)
    {
        Type = "webhook_error";
        Code = "invalid_webhook";
        Status = 400;
    }
}
