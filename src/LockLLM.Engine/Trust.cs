namespace LockLLM.Engine;

/// <summary>Where a text came from, and so how far its author may give the model orders.</summary>
public enum Trust
{
    /// <summary>Typed by the person the application serves. The default.</summary>
    User,

    /// <summary>Returned by a tool or function. Any order addressed to the model is a finding.</summary>
    Tool,

    /// <summary>Retrieved or attached content. Any order addressed to the model is a finding.</summary>
    Document,

    /// <summary>Written by the application's developer.</summary>
    System,

    /// <summary>Written by the model in an earlier turn.</summary>
    Assistant,
}
