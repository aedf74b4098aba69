using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>An access key of AWS, stored as JSON in place of a Bedrock API key.</summary>
internal sealed record AwsAccessKey(
    [property: JsonPropertyName("access_key_id")] string? Id,
    [property: JsonPropertyName("secret_access_key")] string? Secret,
    [property: JsonPropertyName("session_token")] string? SessionToken,
    [property: JsonPropertyName("region")] string? Region)
{
    [JsonIgnore]
    public string Service { get; init; } = "bedrock";

    public static bool IsOne(string secret) => secret.AsSpan().TrimStart().StartsWith("{");

    /// <summary>The region stands in the JSON or in the host: <c>bedrock-runtime.eu-west-1.amazonaws.com</c>.</summary>
    public static AwsAccessKey? Read(string secret, string host)
    {
        try
        {
            var key = JsonSerializer.Deserialize(secret, TokenJson.Default.AwsAccessKey);
            if (key is not { Id.Length: > 0, Secret.Length: > 0 })
            {
                return null;
            }

            var labels = host.Split('.');
            var region = !string.IsNullOrEmpty(key.Region) ? key.Region
                : labels is [_, var second, "amazonaws" or "api", ..] ? second
                : labels is [var vpcEndpoint, _, var third, "vpce", ..] && vpcEndpoint.StartsWith("vpce", StringComparison.Ordinal) ? third
                : null;
            return region is null ? null : key with { Region = region };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => nameof(AwsAccessKey);
}
