using System.Text.Json;

namespace LockLLM.Contracts.Management;

/// <summary>A passkey of the member who asks: <c>/api/v1/me/passkeys</c>.</summary>
public sealed record PasskeyDetails
{
    /// <summary>Names it in addresses.</summary>
    public required string Id { get; init; }

    /// <summary>As its member called it.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is synchronized between devices.</summary>
    public required bool BackedUp { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last signed in with.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>What a browser is asked: of <c>/begin</c>.</summary>
public sealed record PasskeyChallenge
{
    /// <summary>To be sent back with the answer, once, within five minutes.</summary>
    public required string Id { get; init; }

    /// <summary>For <c>PublicKeyCredential.parseCreationOptionsFromJSON</c>, or <c>parseRequestOptionsFromJSON</c>.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(PasskeyChallenge);
}

/// <summary>A browser's answer.</summary>
public sealed record PasskeyRequest
{
    /// <summary>Of the challenge.</summary>
    public string? Id { get; init; }

    /// <summary>What to call a passkey that is added or renamed.</summary>
    public string? Name { get; init; }

    /// <summary>What the credential's <c>toJSON()</c> gives.</summary>
    public JsonElement? Credential { get; init; }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => nameof(PasskeyRequest);
}

/// <summary>Ways to sign in, for those who have not yet: <c>/api/v1/session/options</c>.</summary>
public sealed record SignInWays
{
    /// <summary>Whether passkeys are taken.</summary>
    public required bool Passkeys { get; init; }

    /// <summary>An identity provider; absent where none is set up.</summary>
    public OpenIdConnectWay? OpenIdConnect { get; init; }

    /// <summary>Whether everybody but owners has to go there.</summary>
    public required bool OnlyOwnersUsePasswords { get; init; }
}

/// <summary>An identity provider to sign in with.</summary>
public sealed record OpenIdConnectWay
{
    /// <summary>For the button.</summary>
    public required string Name { get; init; }

    /// <summary>Where the button leads; takes <c>to</c>, the page to end on, and <c>fresh=true</c> where credentials are to be given again.</summary>
    public required string Address { get; init; }
}
