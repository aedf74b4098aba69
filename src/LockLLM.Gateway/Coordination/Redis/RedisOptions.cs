using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Coordination.Redis;

/// <summary>What several gateways share besides the database.</summary>
internal sealed class RedisOptions : IValidatableObject
{
    /// <summary>As StackExchange.Redis reads it; absent: every gateway counts for itself.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Begins the name of every key and channel, so that several installations can use one server.</summary>
    [RegularExpression("^[A-Za-z0-9_.-]{1,64}$")]
    public string KeyPrefix { get; set; } = "lockllm";

    /// <summary>Longest wait for an answer before a node decides by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:05")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(200);

    internal bool IsConfigured => !string.IsNullOrWhiteSpace(ConnectionString);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsConfigured && !RedisConfiguration.IsReadable(ConnectionString!))
        {
            // Not the library's message: it quotes the string, and that may hold a password.
            yield return new ValidationResult("The field must be hosts and options as StackExchange.Redis reads them, such as redis:6379,password=...,ssl=true.", [nameof(ConnectionString)]);
        }
    }
}
