namespace LockLLM.Gateway.Storage.Entities;

/// <summary>The one row that says what this database belongs to.</summary>
internal sealed class Installation
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    /// <summary>A name that survives renaming machines and restoring backups.</summary>
    public required string InstallationId { get; init; }

    /// <summary>
    /// Rises with every change that snapshots have to follow. Whoever changes something raises it first, which locks this
    /// row: changes stand in line and revisions appear in the order of their commits, so that no reader misses one.
    /// </summary>
    public long Revision { get; set; }

    /// <summary>Id of the master key that new secrets are sealed under.</summary>
    public required string MasterKeyId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A master key that rows are, or were, sealed under. The key itself is never here in the clear.</summary>
internal sealed class MasterKeyRecord
{
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>During a rotation: this key, sealed under its predecessor, so that nodes still holding that one can follow.</summary>
    public string? Handover { get; set; }

    /// <summary>Id of the predecessor while the handover lasts.</summary>
    public string? PredecessorId { get; set; }

    /// <summary>When no row was left under it.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}

/// <summary>A secret of the installation itself, such as the key of the API key verifiers.</summary>
internal sealed class InstallationSecret
{
    public required string Id { get; init; }

    public required SealedSecret Value { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
