namespace LockLLM.Gateway.Storage.Entities;

/// <summary>A sign-in under way that the browser finishes in a second request, perhaps at another node. Taken once.</summary>
internal sealed class SignInChallenge
{
    /// <summary>Hash of the token that the browser holds, in hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What for; a challenge is good for nothing else.</summary>
    public required string Purpose { get; init; }

    /// <summary>Who asked; null where nobody is signed in yet.</summary>
    public string? MemberId { get; init; }

    /// <summary>What has to be remembered until then, as JSON.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
