using System.Text.Json;
using System.Text.Unicode;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Finds the text in a body of any protocol. Pure: bytes in, <see cref="PromptMap"/> out.</summary>
internal static class PromptReader
{
    public const int MaxDepth = 64;

    /// <summary>Reads a body; gives either its map or the error.</summary>
    public static Error? Read(ProtocolKind protocol, ReadOnlySpan<byte> json, int maxMessages, out PromptMap? map)
    {
        map = null;
        // No text has more UTF-16 units than its JSON has bytes.
        var text = new PromptText(json.Length + 1);
        try
        {
            if (!Utf8.IsValid(json))
            {
                return InvalidJson("The body is not UTF-8.");
            }

            var reader = new BodyReader(json, text, maxMessages);
            if (!reader.Read(ShapeOf(protocol), protocol != ProtocolKind.Unknown))
            {
                return Describe(reader.Problem, maxMessages);
            }

            map = reader.ToMap();
            return null;
        }
        catch (JsonException broken)
        {
            return InvalidJson($"The body is not valid JSON of at most {MaxDepth} levels (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}).");
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for \ud800 without its other half.
            return InvalidJson("A string in the body has half of a surrogate pair.");
        }
        finally
        {
            if (map is null)
            {
                text.Dispose();
            }
        }
    }

    private static Shape ShapeOf(ProtocolKind protocol) => protocol switch
    {
        ProtocolKind.OpenAiChat => OpenAiChat.Root,
        ProtocolKind.OpenAiCompletions => OpenAiTexts.Completions,
        ProtocolKind.OpenAiResponses => OpenAiResponses.Root,
        ProtocolKind.OpenAiEmbeddings or ProtocolKind.OpenAiModerations => OpenAiTexts.Input,
        ProtocolKind.AnthropicMessages or ProtocolKind.AnthropicCountTokens => AnthropicMessages.Root,
        ProtocolKind.GeminiContent or ProtocolKind.GeminiEmbeddings => GeminiContent.Root,
        ProtocolKind.CohereChat => CohereChat.Root,
        ProtocolKind.CohereRerank or ProtocolKind.CohereEmbeddings => CohereTexts.Root,
        ProtocolKind.BedrockConverse => BedrockConverse.Root,
        _ => AnyJson.Root,
    };

    private static Error Describe(BodyProblem problem, int maxMessages) => problem.Fault switch
    {
        BodyFault.NoObject => InvalidJson("The body must be a JSON object."),
        BodyFault.Twice => InvalidJson($"The field {problem.Field} stands twice in one object.") with { Param = problem.Field },
        BodyFault.TooManyMessages => new Error(ErrorCode.InvalidParameter, $"The conversation has more than {maxMessages} messages.", problem.Field),
        BodyFault.TooManyTexts => new Error(ErrorCode.InvalidParameter, "The body has more separate texts than the gateway reads."),
        _ => new Error(ErrorCode.InvalidParameter, $"The field {problem.Field} has a value of the wrong type.", problem.Field),
    };

    private static Error InvalidJson(string message) => new(ErrorCode.InvalidJson, message);
}
