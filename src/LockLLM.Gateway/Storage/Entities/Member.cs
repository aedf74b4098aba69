namespace LockLLM.Gateway.Storage.Entities;

/// <summary>What a person may do in an account, from most to least.</summary>
internal enum MemberRole
{
    Owner,
    Admin,
    Developer,
    Viewer,
}

/// <summary>A person who signs in.</summary>
internal sealed class Member
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string Email { get; set; }

    /// <summary>The address in the form that is compared; unique.</summary>
    public required string NormalizedEmail { get; set; }

    public required string Name { get; set; }

    public required MemberRole Role { get; set; }

    public bool IsEnabled { get; set; } = true;

    /// <summary>Algorithm, cost, salt and hash in one text; null for people who sign in elsewhere.</summary>
    public string? PasswordHash { get; set; }

    public DateTimeOffset? PasswordChangedAt { get; set; }

    public SealedSecret? TotpSecret { get; set; }

    /// <summary>Set once the first code was right; a secret without it is an enrolment under way.</summary>
    public DateTimeOffset? TotpEnabledAt { get; set; }

    /// <summary>Time step of the last accepted code, so that none is accepted twice.</summary>
    public long? TotpLastStep { get; set; }

    public int FailedSignIns { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    public string? ExternalIssuer { get; set; }

    public string? ExternalSubject { get; set; }

    /// <summary>Changes with every change of credentials or role; sessions carry the one they were made under.</summary>
    public required string SecurityStamp { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSignedInAt { get; set; }
}

/// <summary>A passkey (WebAuthn credential) of a member.</summary>
internal sealed class Passkey
{
    public required string Id { get; init; }

    public required string MemberId { get; init; }

    public required byte[] CredentialId { get; init; }

    public required byte[] PublicKey { get; init; }

    public required string Name { get; set; }

    public long SignCount { get; set; }

    /// <summary>Separated by spaces.</summary>
    public string? Transports { get; init; }

    public Guid Aaguid { get; init; }

    public bool IsUserVerified { get; set; }

    public bool IsBackupEligible { get; init; }

    public bool IsBackedUp { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>A browser that is signed in.</summary>
internal sealed class Session
{
    public required string Id { get; init; }

    public required string MemberId { get; init; }

    public required string AccountId { get; init; }

    /// <summary>SHA-256 of the cookie's token.</summary>
    public required byte[] TokenHash { get; init; }

    public required string SecurityStamp { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When credentials were last shown, for acts that ask for them again.</summary>
    public required DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>How: password, totp, passkey, oidc; separated by spaces.</summary>
    public required string Methods { get; set; }
}

/// <summary>A single-use code for a member who lost the second factor.</summary>
internal sealed class RecoveryCode
{
    public required string Id { get; init; }

    public required string MemberId { get; init; }

    public required byte[] CodeHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>A link that makes its bearer a member, once. The set-up link of a first run is one too.</summary>
internal sealed class Invitation
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    /// <summary>Null where the bearer chooses, as in the set-up link.</summary>
    public string? Email { get; init; }

    public required MemberRole Role { get; init; }

    public required byte[] TokenHash { get; init; }

    public string? InvitedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
