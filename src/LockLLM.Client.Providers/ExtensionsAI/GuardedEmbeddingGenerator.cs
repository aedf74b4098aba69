using Microsoft.Extensions.AI;

namespace LockLLM.Client.Providers;

/// <summary>Scans documents before they are embedded.</summary>
internal sealed class GuardedEmbeddingGenerator<TEmbedding>(IEmbeddingGenerator<string, TEmbedding> inner, IPromptScanner scanner, LockLlmGuardOptions options)
    : DelegatingEmbeddingGenerator<string, TEmbedding>(inner)
    where TEmbedding : Embedding
{
    private const int Concurrency = 8;

    private readonly TextGuard _guard = new(scanner, options);

    public override async Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var documents = values.ToArray();
        var scans = new List<ScanResult>();
        await Parallel.ForAsync(0, documents.Length, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken }, async (i, token) =>
            documents[i] = await _guard.CheckAsync(documents[i], TextContext.Document, scans, token).ConfigureAwait(false)).ConfigureAwait(false);
        var embeddings = await base.GenerateAsync(documents, options, cancellationToken).ConfigureAwait(false);
        (embeddings.AdditionalProperties ??= [])[LockLlmChatExtensions.ScansKey] = scans;
        return embeddings;
    }
}
