namespace LockLLM.Gateway.Members;

/// <summary>A member as others see them.</summary>
internal sealed record MemberInfo
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; init; }

    public required bool IsEnabled { get; init; }

    public required bool HasTotp { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSignedInAt { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }
}

/// <summary>Who a browser belongs to, once its session was found.</summary>
internal sealed record SignedIn
{
    public required string SessionId { get; init; }

    public required MemberInfo Member { get; init; }

    public required string Methods { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When the password was last given.</summary>
    public required DateTimeOffset AuthenticatedAt { get; init; }
}

/// <summary>A session just begun, with the token for the cookie.</summary>
internal sealed record NewSession(SignedIn SignedIn, string Token)
{
    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => SignedIn.SessionId;
}
