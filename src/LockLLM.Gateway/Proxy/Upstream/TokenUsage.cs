using System.Text.Json;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Tokens that a provider says it read and wrote; 0 when it did not say.</summary>
internal readonly record struct TokenUsage(long Input, long Output)
{
    /// <summary>
    /// Looks for usage objects in JSON or in events that hold some. Within strings the name cannot appear, since its
    /// quotation marks would be escaped there.
    /// </summary>
    public static TokenUsage Find(ReadOnlySpan<byte> json)
    {
        var usage = default(TokenUsage);
        while (json.IndexOf("\"usage"u8) is >= 0 and var at)
        {
            json = json[at..];
            var colon = json.IndexOf((byte)':');
            if (colon < 0)
            {
                break;
            }

            var isUsage = json[..colon].TrimEnd((byte)' ') is var name && (name.SequenceEqual("\"usage\""u8) || name.SequenceEqual("\"usageMetadata\""u8));
            usage = isUsage ? usage.With(Read(json[(colon + 1)..])) : usage;
            json = json[(isUsage ? colon : 1)..];
        }

        return usage;
    }

    /// <summary>Later events repeat or complete what earlier ones said.</summary>
    public TokenUsage With(TokenUsage later) => new(Math.Max(Input, later.Input), Math.Max(Output, later.Output));

    private static TokenUsage Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        var usage = default(TokenUsage);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return usage;
            }

            while (reader.Read() && reader.CurrentDepth > 0)
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var isInput = reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8) || reader.ValueTextEquals("promptTokenCount"u8) || reader.ValueTextEquals("inputTokens"u8);
                var isOutput = !isInput && (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8) || reader.ValueTextEquals("candidatesTokenCount"u8) || reader.ValueTextEquals("outputTokens"u8));
                if (reader.Read() && (isInput || isOutput) && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var count) && count is > 0 and < long.MaxValue / 2d)
                {
                    usage = isInput ? usage with { Input = Math.Max(usage.Input, (long)count) } : usage with { Output = Math.Max(usage.Output, (long)count) };
                }
            }
        }
        catch (JsonException)
        {
            // A provider that writes broken JSON has said nothing about usage; its bytes go to the caller all the same.
        }

        return usage;
    }
}
