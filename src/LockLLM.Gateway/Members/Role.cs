namespace LockLLM.Gateway.Members;

/// <summary>What somebody may manage; each role may also do what those before it may.</summary>
internal enum Role
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Manage API keys and provider keys.</summary>
    Developer,

    /// <summary>Change the account's settings too, and see the audit trail and manage members.</summary>
    Admin,

    /// <summary>Make and remove owners too.</summary>
    Owner,
}
