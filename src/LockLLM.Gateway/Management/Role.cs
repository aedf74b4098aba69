namespace LockLLM.Gateway.Management;

/// <summary>What a caller may manage; each role may also do what those before it may.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Manage API keys and provider keys.</summary>
    Developer,

    /// <summary>Change the account's settings too.</summary>
    Admin,

    Owner,
}

/// <summary>The role that an endpoint asks for. An endpoint under <c>/api</c> without one is closed to everybody.</summary>
internal sealed record RequiredRole(Role Role);
