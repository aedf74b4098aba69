using LockLLM.Client;
using LockLLM.Client.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.AI;

/// <summary>Guards chat clients and embedding generators of Microsoft.Extensions.AI.</summary>
public static class LockLlmChatExtensions
{
    /// <summary>Key under which a response holds the <see cref="ProxyMetadata"/> of a call through the gateway's proxy.</summary>
    public const string MetadataKey = "lockllm.metadata";

    /// <summary>Key under which a guarded response holds the <see cref="ScanResult"/>s of the texts scanned for it.</summary>
    public const string ScansKey = "lockllm.scans";

    internal const string OptionsKey = "lockllm.options";

    /// <summary>
    /// Scans what users wrote, attached or let tools return before it reaches the model, streaming included, each text once.
    /// Place it after <c>UseFunctionInvocation</c>, so that it sees the results of tools.
    /// </summary>
    /// <param name="scanner">Judges the texts; null takes the registered <see cref="IPromptScanner"/>.</param>
    public static ChatClientBuilder UseLockLlm(this ChatClientBuilder builder, IPromptScanner? scanner = null, Action<LockLlmGuardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new LockLlmGuardOptions();
        configure?.Invoke(options);
        return builder.Use((inner, services) => new GuardedChatClient(inner, scanner ?? services.GetRequiredService<IPromptScanner>(), options));
    }

    /// <summary>Scans documents, as documents, before they are embedded.</summary>
    /// <inheritdoc cref="UseLockLlm(ChatClientBuilder, IPromptScanner?, Action{LockLlmGuardOptions}?)"/>
    public static EmbeddingGeneratorBuilder<string, TEmbedding> UseLockLlm<TEmbedding>(
        this EmbeddingGeneratorBuilder<string, TEmbedding> builder, IPromptScanner? scanner = null, Action<LockLlmGuardOptions>? configure = null)
        where TEmbedding : Embedding
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new LockLlmGuardOptions();
        configure?.Invoke(options);
        return builder.Use((inner, services) => new GuardedEmbeddingGenerator<TEmbedding>(inner, scanner ?? services.GetRequiredService<IPromptScanner>(), options));
    }

    /// <summary>Sets what the gateway does with one call of a client made by <see cref="LockLlm.CreateChatClient"/>.</summary>
    public static ChatOptions WithLockLlm(this ChatOptions options, ProxyOptions proxy)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[OptionsKey] = proxy;
        return options;
    }

    /// <summary>What the gateway told about the call, where it went through its proxy.</summary>
    public static ProxyMetadata? GetLockLlmMetadata(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(MetadataKey, out ProxyMetadata? metadata) is true ? metadata : null;
    }
}
