using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace LockLLM.Client.Providers;

/// <summary>Hands the options of one call to the handler beneath, and what the gateway told back to the caller.</summary>
internal sealed class ProxyChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = ProxyCall.Begin(Taken(ref options));
        var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        if (call.Metadata is { } metadata)
        {
            (response.AdditionalProperties ??= [])[LockLlmChatExtensions.MetadataKey] = metadata;
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var call = ProxyCall.Begin(Taken(ref options));
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var isFirst = true;
        while (true)
        {
            call.Enter(); // the caller's context comes back with every step
            if (!await updates.MoveNextAsync().ConfigureAwait(false))
            {
                yield break;
            }

            if (isFirst && call.Metadata is { } metadata)
            {
                (updates.Current.AdditionalProperties ??= [])[LockLlmChatExtensions.MetadataKey] = metadata;
            }

            isFirst = false;
            yield return updates.Current;
        }
    }

    private static ProxyOptions? Taken(ref ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(LockLlmChatExtensions.OptionsKey, out ProxyOptions? proxy) is not true)
        {
            return null;
        }

        options = options.Clone();
        options.AdditionalProperties!.Remove(LockLlmChatExtensions.OptionsKey);
        return proxy;
    }
}
