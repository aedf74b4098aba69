namespace LockLLM.Gateway.Storage.Entities;

/// <summary>One link of the audit chain: each carries the hash of the one before.</summary>
internal sealed class AuditRow
{
    /// <summary>Counts from 1 without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null for acts on the installation.</summary>
    public string? AccountId { get; init; }

    /// <summary>Id of the member or API key, or <c>system</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>Word such as <c>api_key.created</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Id of what was acted on.</summary>
    public string? Target { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Names of what changed, in a fixed vocabulary; never values that are secret.</summary>
    public string? Detail { get; init; }

    public required byte[] PreviousHash { get; init; }

    public required byte[] Hash { get; init; }
}

/// <summary>The end of the chain, so that a shortened one is noticed.</summary>
internal sealed class AuditHead
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    public long Sequence { get; set; }

    public required byte[] Hash { get; set; }

    /// <summary>HMAC of sequence and hash under a key of the installation.</summary>
    public byte[]? Signature { get; set; }
}
