namespace LockLLM.Contracts.Management;

/// <summary>A person who may sign in, as <c>/api/v1/members</c> shows them.</summary>
public sealed record MemberDetails
{
    /// <summary>Names them in addresses and in the audit trail.</summary>
    public required string Id { get; init; }

    /// <summary>What they sign in with.</summary>
    public required string Email { get; init; }

    /// <summary>What they are called.</summary>
    public required string Name { get; init; }

    /// <summary>owner, admin, developer or viewer.</summary>
    public required string Role { get; init; }

    /// <summary>Whether they may sign in.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether signing in asks for a code as well.</summary>
    public required bool Totp { get; init; }

    /// <summary>When they became a member.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When they last signed in.</summary>
    public DateTimeOffset? LastSignedInAt { get; init; }

    /// <summary>Until when sign-in is locked after too many failures.</summary>
    public DateTimeOffset? LockedUntil { get; init; }
}

/// <summary>Body of <c>PUT /api/v1/members/{id}</c>; an absent field stays.</summary>
public sealed record MemberRequest
{
    /// <summary>At most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>owner, admin, developer or viewer. Ends the member's sessions.</summary>
    public string? Role { get; init; }

    /// <summary>Whether they may sign in. Ends the member's sessions.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>A link that makes its bearer a member, once: <c>/api/v1/invitations</c>.</summary>
public sealed record InvitationDetails
{
    /// <summary>Names it in addresses.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is; absent in the set-up link of a new installation.</summary>
    public string? Email { get; init; }

    /// <summary>The role that it gives.</summary>
    public required string Role { get; init; }

    /// <summary>What accepts it, in the answer that created it and never again.</summary>
    public string? Token { get; init; }

    /// <summary>Id of the member or API key that made it.</summary>
    public string? InvitedBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is refused.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Id;
}

/// <summary>Body of <c>POST /api/v1/invitations</c>.</summary>
public sealed record InvitationRequest
{
    /// <summary>Whom to invite. Nothing is sent: hand the token over yourself.</summary>
    public string? Email { get; init; }

    /// <summary>owner, admin, developer or viewer.</summary>
    public string? Role { get; init; }
}

/// <summary>Body of <c>POST /api/v1/invitations/accept</c>.</summary>
public sealed record AcceptInvitationRequest
{
    /// <summary>From the invitation, or from the console of a new installation.</summary>
    public string? Token { get; init; }

    /// <summary>For the set-up token, whose bearer chooses it; otherwise the invitation's own is taken.</summary>
    public string? Email { get; init; }

    /// <summary>What to be called, at most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>12 to 256 characters.</summary>
    public string? Password { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(AcceptInvitationRequest);
}
