using System.Buffers;
using System.Text.Json;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy;

/// <summary>Names another model in a body that has been read already, and leaves every other byte as it is.</summary>
internal static class ModelField
{
    /// <summary>Null where the body names none: then its path does, or nobody.</summary>
    public static ReadOnlyMemory<byte>? Replace(ReadOnlyMemory<byte> body, string model)
    {
        if (Find(body.Span) is not (var start, var end))
        {
            return null;
        }

        var rewritten = new ArrayBufferWriter<byte>(body.Length + (6 * model.Length) + 2);
        rewritten.Write(body.Span[..start]);
        using (var json = new Utf8JsonWriter(rewritten))
        {
            json.WriteStringValue(model);
        }

        rewritten.Write(body.Span[end..]);
        return rewritten.WrittenMemory;
    }

    private static (int Start, int End)? Find(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = PromptReader.MaxDepth });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = json.ValueTextEquals("model"u8);
            json.Read();
            if (isModel)
            {
                return ((int)json.TokenStartIndex, (int)json.BytesConsumed);
            }

            json.Skip();
        }

        return null;
    }
}
