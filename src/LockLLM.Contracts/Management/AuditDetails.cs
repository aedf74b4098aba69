namespace LockLLM.Contracts.Management;

/// <summary>An administrative act or the use of a secret, as <c>/api/v1/audit</c> shows it.</summary>
public sealed record AuditDetails
{
    /// <summary>Its place in the chain of the whole installation; an account sees its own events, so numbers are left out.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Id of the API key or member who did it, or system.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done, such as api_key.created.</summary>
    public required string Action { get; init; }

    /// <summary>Id of what it was done to.</summary>
    public string? Target { get; init; }

    /// <summary>The request that did it.</summary>
    public string? RequestId { get; init; }

    /// <summary>Names of what changed; never a value that is secret.</summary>
    public string? Detail { get; init; }
}

/// <summary>Whether the audit trail is as it was written: <c>/api/v1/audit/status</c>.</summary>
public sealed record AuditStatus
{
    /// <summary>Whether every event is there, unchanged and in order, and the end carries this installation's signature.</summary>
    public required bool Intact { get; init; }

    /// <summary>Events that are as they were written, counted from the first one on.</summary>
    public required long Events { get; init; }

    /// <summary>Number of the first event that is not.</summary>
    public long? BrokenAt { get; init; }

    /// <summary>What is wrong there.</summary>
    public string? Problem { get; init; }

    /// <summary>Uses of secrets that this node could not record since its start.</summary>
    public required long Dropped { get; init; }

    /// <summary>When the chain was read.</summary>
    public required DateTimeOffset CheckedAt { get; init; }
}
