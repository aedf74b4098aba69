using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy;

/// <summary>What one call has learned so far. Each stage of the pipeline fills in its part.</summary>
internal sealed class ProxyExchange(HttpContext context, Caller caller, long start) : IDisposable
{
    private static readonly GuardReport s_unseen = new GuardReport.Failed();

    public HttpContext Context => context;

    public Caller Caller => caller;

    /// <summary>Timestamp of its beginning.</summary>
    public long Start => start;

    public string RequestId => context.TraceIdentifier;

    public string? ProviderName { get; set; }

    /// <summary>Of the stored key; null where the caller brought its own.</summary>
    public string? ProviderKeyId { get; set; }

    public TimeSpan? ScanTime { get; set; }

    public TimeSpan? FirstByteTime { get; set; }

    public ProviderTarget? Target { get; set; }

    public ProtocolKind Protocol { get; set; }

    public GuardSettings? Settings { get; set; }

    public ScanDirectives? Directives { get; set; }

    /// <summary>The body in memory, or what was read of it; null where it is passed on as it arrives.</summary>
    public RequestBody? Body { get; set; }

    /// <summary>The texts found, until they are forgotten.</summary>
    public PromptMap? Map
    {
        get;
        set
        {
            field = value;
            (PromptScalars, PromptParts) = (value?.Scalars ?? PromptScalars, value?.Parts.Length ?? PromptParts);
        }
    }

    /// <summary>Unicode scalar values and number of the texts found.</summary>
    public int? PromptScalars { get; private set; }

    public int? PromptParts { get; private set; }

    public long? RequestBytes { get; set; }

    public string? Model { get; set; }

    public bool IsStream { get; set; }

    /// <summary>What the guard says; a call that it has not seen has failed it.</summary>
    public GuardReport Report { get; set; } = s_unseen;

    /// <summary>Why the gateway itself answers, if it does.</summary>
    public Error? Error { get; set; }

    public bool IsBlocked => Error?.Code == ErrorCode.PromptInjectionDetected || Error?.Code == ErrorCode.ContentNotScannable;

    public UpstreamResult? Result { get; set; }

    /// <summary>The text is not needed while an answer streams, perhaps for minutes.</summary>
    public void ForgetText()
    {
        Map?.Dispose();
        Map = null;
    }

    public void Dispose()
    {
        ForgetText();
        Body?.Dispose();
        Body = null;
    }
}
