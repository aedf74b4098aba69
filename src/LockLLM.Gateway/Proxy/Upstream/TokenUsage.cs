using System.Text.Json;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>Tokens that a provider says it read and wrote; 0 when it did not say.</summary>
internal readonly record struct TokenUsage(long Input, long Output)
{
    /// <summary>
    /// Looks for the usage object in JSON or in an event that holds some. Within strings its name cannot appear, since its
    /// quotation marks would be escaped there.
    /// </summary>
    public static TokenUsage Find(ReadOnlySpan<byte> json)
    {
        var at = json.LastIndexOf("\"usage"u8);
        if (at < 0)
        {
            return default;
        }

        var rest = json[at..];
        var colon = rest.IndexOf((byte)':');
        return colon > 0 && (rest[..colon].TrimEnd((byte)' ').SequenceEqual("\"usage\""u8) || rest[..colon].SequenceEqual("\"usageMetadata\""u8))
            ? Read(rest[(colon + 1)..])
            : default;
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
