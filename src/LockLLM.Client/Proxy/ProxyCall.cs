namespace LockLLM.Client;

/// <summary>
/// Options for the calls made within a scope, through whichever guarded client, and what the gateway told about the last
/// of them.
/// </summary>
/// <example>
/// <code>
/// using var call = ProxyCall.Begin(new() { ScanAction = ScanAction.Block });
/// await chat.CompleteChatAsync("...");
/// Console.WriteLine(call.Metadata?.Provider);
/// </code>
/// </example>
public sealed class ProxyCall : IDisposable
{
    private static readonly AsyncLocal<ProxyCall?> s_current = new();

    private readonly ProxyCall? _outer;

    private ProxyCall(ProxyOptions? options, ProxyCall? outer)
    {
        Options = options ?? outer?.Options;
        _outer = outer;
    }

    /// <summary>What the gateway told about the last call, a refused one included; null before the first answer.</summary>
    public ProxyMetadata? Metadata { get; private set; }

    internal static ProxyCall? Current => s_current.Value;

    internal ProxyOptions? Options { get; }

    /// <summary>Begins a scope. It flows along with awaited calls and ends with <see cref="Dispose"/>.</summary>
    /// <param name="options">Win over those of the client; null keeps those of the scope around it.</param>
    public static ProxyCall Begin(ProxyOptions? options = null) => s_current.Value = new ProxyCall(options, s_current.Value);

    /// <summary>Ends the scope.</summary>
    public void Dispose()
    {
        if (s_current.Value == this)
        {
            s_current.Value = _outer;
        }
    }

    /// <summary>Makes the scope current where an iterator has lost it.</summary>
    internal void Enter() => s_current.Value = this;

    internal void Answered(ProxyMetadata metadata)
    {
        for (var call = this; call is not null; call = call._outer)
        {
            call.Metadata = metadata;
        }
    }
}
