namespace LockLLM.Gateway.Identity;

/// <summary>A key as it is kept: nothing here leads back to it.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Base64 of the <see cref="KeyVerifier"/>.</summary>
    public required byte[] Verifier { get; init; }

    public required string Last4 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
