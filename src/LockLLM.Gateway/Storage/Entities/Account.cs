namespace LockLLM.Gateway.Storage.Entities;

/// <summary>Owner of keys, settings and records. Two accounts never see each other.</summary>
internal sealed class Account
{
    public required string Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Its settings as JSON; the room that owns them reads it.</summary>
    public required string Settings { get; set; }

    /// <summary>Revision of the installation at its last change; see <see cref="Installation.Revision"/>.</summary>
    public long Revision { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
