using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>What an account wants of the guard.</summary>
internal sealed record GuardSettings
{
    /// <summary>Where the caller asks for nothing.</summary>
    public required ScanDefaults Defaults { get; init; }

    /// <summary>Whether a request is refused that could not be scanned; otherwise it goes through and says so.</summary>
    public required bool BlocksOnFailure { get; init; }

    /// <summary>Whether a request is refused that holds anything but text.</summary>
    public required bool RefusesUnscannable { get; init; }

    /// <summary>Whether the application stands for its tools; otherwise an attack in the description of one is an attack.</summary>
    public required bool TrustsDefinitions { get; init; }

    /// <summary>Whether a call of any provider may fall back to a server of the user's own, which may read text in an address.</summary>
    public required bool FallsBackToOwnServer { get; init; }

    /// <summary>Whether whoever wrote such a text may give orders.</summary>
    public bool Trusts(TextOrigin origin) => origin == TextOrigin.Definition ? TrustsDefinitions : !origin.IsUntrusted();
}
