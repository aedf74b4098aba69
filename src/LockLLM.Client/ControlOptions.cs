namespace LockLLM.Client;

/// <summary>Which checks run.</summary>
public enum ScanMode
{
    /// <summary>The attack detector only.</summary>
    Normal,

    /// <summary>Content policies only.</summary>
    PolicyOnly,

    /// <summary>Both; what a gateway does unless told otherwise.</summary>
    Combined,
}

/// <summary>How readily a score is called an attack.</summary>
public enum Sensitivity
{
    /// <summary>Fewest false alarms.</summary>
    Low,

    /// <summary>The default.</summary>
    Medium,

    /// <summary>Fewest missed attacks.</summary>
    High,
}

/// <summary>What happens when a check finds something.</summary>
public enum ScanAction
{
    /// <summary>The call is refused and throws a <see cref="RequestRefusedException"/>.</summary>
    Block,

    /// <summary>The result carries a warning.</summary>
    AllowWithWarning,
}

/// <summary>What happens to personal data.</summary>
public enum PiiAction
{
    /// <summary>It is replaced by placeholders.</summary>
    Strip,

    /// <summary>The call is refused and throws a <see cref="PiiDetectedException"/>.</summary>
    Block,

    /// <summary>The result tells what was found.</summary>
    AllowWithWarning,
}

/// <summary>A way to shorten a prompt.</summary>
public enum CompressionMethod
{
    /// <summary>Token-Oriented Object Notation, for JSON; lossless.</summary>
    Toon,

    /// <summary>Drops dispensable words.</summary>
    Compact,

    /// <summary>The first, then the second.</summary>
    Combined,
}

/// <summary>Whether another model may be chosen for a call.</summary>
public enum RouteAction
{
    /// <summary>Never; the default.</summary>
    Disabled,

    /// <summary>By the gateway's own table.</summary>
    Auto,

    /// <summary>By the account's rules.</summary>
    Custom,
}

/// <summary>Where a text came from, and so how far its author may give a model orders.</summary>
public enum TextContext
{
    /// <summary>Typed by the person the application serves; the default.</summary>
    User,

    /// <summary>Retrieved or attached content: any order addressed to the model is a finding.</summary>
    Document,

    /// <summary>Returned by a tool: any order addressed to the model is a finding.</summary>
    Tool,
}
