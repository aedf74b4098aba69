namespace LockLLM.Contracts.Management;

/// <summary>A browser that is signed in: <c>/api/v1/session</c>.</summary>
public sealed record SessionDetails
{
    /// <summary>Names it in addresses and in the audit trail; not its secret.</summary>
    public required string Id { get; init; }

    /// <summary>Who is signed in.</summary>
    public required MemberDetails Member { get; init; }

    /// <summary>To be sent in <c>X-LockLLM-CSRF-Token</c> with everything but GET.</summary>
    public required string CsrfToken { get; init; }

    /// <summary>How: password, totp, oidc.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends, used or not.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Until when secrets may be made and changed without <c>POST /api/v1/session/confirm</c>.</summary>
    public required DateTimeOffset ConfirmedUntil { get; init; }

    /// <summary>Tells the id, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => Id;
}

/// <summary>One of a member's own sessions: <c>/api/v1/me/sessions</c>.</summary>
public sealed record SessionSummary
{
    /// <summary>Names it in addresses.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is the one that asks.</summary>
    public required bool Current { get; init; }

    /// <summary>How: password, totp, oidc.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When it ends, used or not.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Body of <c>POST /api/v1/session</c> and of <c>POST /api/v1/session/confirm</c>, which takes no email.</summary>
public sealed record SignInRequest
{
    /// <summary>Address of the member.</summary>
    public string? Email { get; init; }

    /// <summary>Their password.</summary>
    public string? Password { get; init; }

    /// <summary>With a second factor: six digits of the app, or a recovery code.</summary>
    public string? Code { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(SignInRequest);
}

/// <summary>Body of <c>PUT /api/v1/me/password</c>.</summary>
public sealed record PasswordRequest
{
    /// <summary>12 to 256 characters.</summary>
    public string? Password { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(PasswordRequest);
}

/// <summary>A second factor to be: <c>POST /api/v1/me/totp</c>.</summary>
public sealed record TotpEnrolment
{
    /// <summary>For typing into an authenticator app.</summary>
    public required string Secret { get; init; }

    /// <summary>The same for a QR code.</summary>
    public required string Uri { get; init; }

    /// <summary>That QR code as the data of an SVG path, in units of one module.</summary>
    public string? QrPath { get; init; }

    /// <summary>Width and height of the QR code in modules, its quiet zone included.</summary>
    public int? QrSize { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(TotpEnrolment);
}

/// <summary>Body of <c>POST /api/v1/me/totp/enable</c>.</summary>
public sealed record TotpRequest
{
    /// <summary>The six digits that the app shows.</summary>
    public string? Code { get; init; }
}

/// <summary>Codes for the day the app is lost, each good once. Shown this once.</summary>
public sealed record RecoveryCodes
{
    /// <summary>The codes.</summary>
    public required IReadOnlyList<string> Codes { get; init; }

    /// <summary>The new session, where the change has ended the former one.</summary>
    public SessionDetails? Session { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(RecoveryCodes);
}
