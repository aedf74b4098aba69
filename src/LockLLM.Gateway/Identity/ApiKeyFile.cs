using System.Text.Json;
using System.Text.Json.Serialization;

namespace LockLLM.Gateway.Identity;

/// <summary>Shape of <c>api-keys.json</c>.</summary>
internal sealed record ApiKeyFile
{
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    /// <summary>Tells whether the master key is still the one that the verifiers were made under.</summary>
    public required byte[] MasterKeyCheck { get; init; }

    public required IReadOnlyList<ApiKey> Keys { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
