using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LockLLM.Client.Providers;

/// <summary>Scans what a model is about to read and did not write itself.</summary>
internal sealed class GuardedChatClient(IChatClient inner, IPromptScanner scanner, LockLlmGuardOptions options) : DelegatingChatClient(inner)
{
    private readonly TextGuard _guard = new(scanner, options);

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, CancellationToken cancellationToken = default)
    {
        var scans = new List<ScanResult>();
        if (await CheckAsync(messages, scans, cancellationToken).ConfigureAwait(false) is not { } cleared)
        {
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, options.RefusalReply)) { FinishReason = ChatFinishReason.ContentFilter };
        }

        var response = await base.GetResponseAsync(cleared, chatOptions, cancellationToken).ConfigureAwait(false);
        (response.AdditionalProperties ??= [])[LockLlmChatExtensions.ScansKey] = scans;
        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? chatOptions = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var scans = new List<ScanResult>();
        if (await CheckAsync(messages, scans, cancellationToken).ConfigureAwait(false) is not { } cleared)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, options.RefusalReply) { FinishReason = ChatFinishReason.ContentFilter };
            yield break;
        }

        var isFirst = true;
        await foreach (var update in base.GetStreamingResponseAsync(cleared, chatOptions, cancellationToken).ConfigureAwait(false))
        {
            if (isFirst)
            {
                (update.AdditionalProperties ??= [])[LockLlmChatExtensions.ScansKey] = scans;
                isFirst = false;
            }

            yield return update;
        }
    }

    /// <summary>The messages as they may be sent; null where they are refused and a reply is given instead.</summary>
    private async Task<List<ChatMessage>?> CheckAsync(IEnumerable<ChatMessage> messages, List<ScanResult> scans, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var cleared = new List<ChatMessage>();
        try
        {
            foreach (var message in messages)
            {
                cleared.Add(await CheckAsync(message, scans, cancellationToken).ConfigureAwait(false));
            }

            return cleared;
        }
        catch (RequestRefusedException) when (options.RefusalReply is not null)
        {
            return null;
        }
    }

    private async Task<ChatMessage> CheckAsync(ChatMessage message, List<ScanResult> scans, CancellationToken cancellationToken)
    {
        if (message.Role == ChatRole.System || message.Role == ChatRole.Assistant)
        {
            // Written by the developer or the model. Results of tools are not, whoever's message they stand in.
            if (!message.Contents.Any(static content => content is ToolResultContent))
            {
                return message;
            }
        }

        ChatMessage? changed = null;
        for (var i = 0; i < message.Contents.Count; i++)
        {
            var content = message.Contents[i];
            var checkedContent = await CheckAsync(content, message.Role, scans, cancellationToken).ConfigureAwait(false);
            if (!ReferenceEquals(checkedContent, content))
            {
                changed ??= WithOwnContents(message); // the caller's conversation stays as it is
                changed.Contents[i] = checkedContent;
            }
        }

        return changed ?? message;
    }

    private async Task<AIContent> CheckAsync(AIContent content, ChatRole role, List<ScanResult> scans, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case TextContent text when role != ChatRole.System && role != ChatRole.Assistant:
                var cleared = await _guard.CheckAsync(text.Text, role == ChatRole.Tool ? TextContext.Tool : TextContext.User, scans, cancellationToken).ConfigureAwait(false);
                return ReferenceEquals(cleared, text.Text) ? text : new TextContent(cleared) { AdditionalProperties = text.AdditionalProperties };
            case DataContent data when data.HasTopLevelMediaType("text") || data.MediaType is "application/json" or "application/xml":
                var document = Encoding.UTF8.GetString(data.Data.Span);
                var clearedDocument = await _guard.CheckAsync(document, role == ChatRole.Tool ? TextContext.Tool : TextContext.Document, scans, cancellationToken).ConfigureAwait(false);
                return ReferenceEquals(clearedDocument, document) ? data : new DataContent(Encoding.UTF8.GetBytes(clearedDocument), data.MediaType) { Name = data.Name };
            case FunctionResultContent { Result: { } result } function:
                var told = ToText(result);
                var clearedResult = await _guard.CheckAsync(told, TextContext.Tool, scans, cancellationToken).ConfigureAwait(false);
                return ReferenceEquals(clearedResult, told) ? function : new FunctionResultContent(function.CallId, clearedResult);
            default:
                return content;
        }
    }

    // As the clients of the providers write a result into the conversation.
    private static string ToText(object result)
    {
        switch (result)
        {
            case string text:
                return text;
            case JsonElement { ValueKind: JsonValueKind.String } json:
                return json.GetString()!;
            case JsonElement json:
                return json.GetRawText();
            case TextContent content:
                return content.Text;
            case IEnumerable<AIContent> contents:
                return string.Join('\n', contents.OfType<TextContent>().Select(static content => content.Text));
            default:
                try
                {
                    return JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
                }
                catch (NotSupportedException)
                {
                    return result.ToString() ?? "";
                }
        }
    }

    private static ChatMessage WithOwnContents(ChatMessage message)
    {
        var clone = message.Clone();
        clone.Contents = [.. message.Contents];
        return clone;
    }
}
