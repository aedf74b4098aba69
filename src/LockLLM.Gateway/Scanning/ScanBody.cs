using System.Text.Json;
using System.Text.Unicode;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Scanning;

/// <summary>The body of a scan, read in one pass over its bytes. Unknown fields are ignored, of repeated ones the last counts.</summary>
internal sealed class ScanBody : IDisposable
{
    private readonly Dictionary<Control, string> _words;

    private ScanBody(PromptText text, Dictionary<Control, string> words)
    {
        Text = text;
        _words = words;
    }

    public PromptText Text { get; }

    /// <summary>What the body says about a control, or null.</summary>
    public string? this[Control control] => _words.GetValueOrDefault(control);

    /// <summary>Reads a body; gives either it or the error.</summary>
    public static Error? Read(ReadOnlySpan<byte> json, out ScanBody? body)
    {
        body = null;
        try
        {
            return Utf8.IsValid(json) ? ReadValid(json, out body) : InvalidJson("The body is not UTF-8.");
        }
        catch (JsonException broken)
        {
            return InvalidJson($"The body is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}).");
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for \ud800 without its other half.
            return InvalidJson("A string in the body has half of a surrogate pair.");
        }
    }

    public void Dispose() => Text.Dispose();

    private static Error? ReadValid(ReadOnlySpan<byte> json, out ScanBody? body)
    {
        body = null;
        var reader = new Utf8JsonReader(json.StartsWith("\uFEFF"u8) ? json[3..] : json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return InvalidJson("The body must be a JSON object.");
        }

        Utf8JsonReader input = default, inputs = default, text = default;
        var words = new Dictionary<Control, string>();
        Error? wrong = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                input = reader;
            }
            else if (reader.ValueTextEquals("inputs"u8))
            {
                reader.Read();
                inputs = reader;
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                text = reader;
            }
            else if (Find(ref reader) is { } control)
            {
                reader.Read();
                wrong ??= ReadWord(ref reader, control, words);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        // A further token would be an error, and the reader says so.
        reader.Read();
        return wrong ?? ReadText(input, inputs, text, words, out body);
    }

    private static Control? Find(ref Utf8JsonReader name)
    {
        foreach (var control in Control.All)
        {
            if (name.ValueTextEquals(control.Field))
            {
                return control;
            }
        }

        return null;
    }

    private static Error? ReadWord(ref Utf8JsonReader value, Control control, Dictionary<Control, string> words)
    {
        words.Remove(control);
        var isExpected = control switch
        {
            _ when value.TokenType == JsonTokenType.Null => true,
            { IsBoolean: true } => value.TokenType is JsonTokenType.True or JsonTokenType.False,
            { Range: not null } => value.TokenType is JsonTokenType.Number or JsonTokenType.String,
            _ => value.TokenType == JsonTokenType.String,
        };
        if (!isExpected)
        {
            return ScanDirectives.Unknown(control, control.Field);
        }

        if (value.TokenType != JsonTokenType.Null)
        {
            words[control] = value.TokenType == JsonTokenType.String ? value.GetString()! : System.Text.Encoding.ASCII.GetString(value.ValueSpan);
        }

        return null;
    }

    private static Error? ReadText(Utf8JsonReader input, Utf8JsonReader inputs, Utf8JsonReader text, Dictionary<Control, string> words, out ScanBody? body)
    {
        body = null;
        var (chosen, name) = (IsGiven(input), IsGiven(inputs), IsGiven(text)) switch
        {
            (true, _, _) => (0, "input"),
            (_, true, _) => (1, "inputs"),
            (_, _, true) => (2, "text"),
            _ => (3, "input"),
        };
        if (chosen == 3)
        {
            return new Error(ErrorCode.MissingInput, "The body names no text: give input, a string.", "input");
        }

        var reader = chosen switch { 0 => input, 1 => inputs, _ => text };
        PromptText? prompt = null;
        if (reader.TokenType == JsonTokenType.String)
        {
            prompt = ReadString(ref reader);
        }
        else if (chosen == 1 && reader.TokenType == JsonTokenType.StartArray)
        {
            prompt = ReadLines(reader);
        }

        if (prompt is null)
        {
            return new Error(ErrorCode.InvalidParameter, chosen == 1 ? "The field inputs must be a string or an array of strings." : $"The field {name} must be a string.", name);
        }

        body = new ScanBody(prompt, words);
        return null;
    }

    private static bool IsGiven(Utf8JsonReader value) => value.TokenType is not (JsonTokenType.None or JsonTokenType.Null);

    private static PromptText ReadString(ref Utf8JsonReader reader)
    {
        // No string has more UTF-16 units than its JSON has bytes.
        var text = new PromptText(reader.ValueSpan.Length);
        try
        {
            text.Written(reader.CopyString(text.Rest));
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    // Null when an element is no string.
    private static PromptText? ReadLines(Utf8JsonReader array)
    {
        var end = array;
        end.Skip();
        var text = new PromptText((int)(end.BytesConsumed - array.BytesConsumed));
        try
        {
            for (var isFirst = true; array.Read() && array.TokenType != JsonTokenType.EndArray; isFirst = false)
            {
                if (array.TokenType != JsonTokenType.String)
                {
                    text.Dispose();
                    return null;
                }

                if (!isFirst)
                {
                    text.Rest[0] = '\n';
                    text.Written(1);
                }

                text.Written(array.CopyString(text.Rest));
            }

            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private static Error InvalidJson(string message) => new(ErrorCode.InvalidJson, message);
}
