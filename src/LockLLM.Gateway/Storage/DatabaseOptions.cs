using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Storage;

internal enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>Where accounts, keys and records are kept.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>SQLite in the data folder, or PostgreSQL.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>PostgreSQL: how to reach it. SQLite: another file.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often a node looks for changes that other nodes made.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider == DatabaseProvider.Postgres && string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult("PostgreSQL needs a connection string such as Host=db;Database=lockllm;Username=lockllm;Password=...", [nameof(ConnectionString)]);
        }
    }
}
