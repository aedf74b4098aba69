namespace LockLLM.Client;

/// <summary>How a model provider's client reaches it through the gateway.</summary>
public sealed class LockLlmProxyClientOptions : LockLlmClientOptions
{
    /// <summary>Options with a <see cref="LockLlmClientOptions.Timeout"/> of ten minutes, since models take their time.</summary>
    public LockLlmProxyClientOptions() => Timeout = TimeSpan.FromMinutes(10);

    /// <summary>What the gateway does with each call.</summary>
    public ProxyOptions Proxy { get; set; } = new();

    /// <summary>The provider's own key, sent along with each call and not stored. Null uses the one stored with the gateway.</summary>
    public string? ProviderApiKey { get; set; }

    /// <summary>
    /// Whether what LockLLM refuses, and a broken connection, surfaces as a <see cref="LockLlmException"/>. Default true; otherwise the
    /// provider's client throws exceptions of its own. Errors of the provider always are its client's.
    /// </summary>
    public bool ThrowTypedErrors { get; set; } = true;
}
