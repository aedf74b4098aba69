using System.Text;
using System.Text.Json;

namespace LockLLM.Client;

/// <summary>Reads what a server of any version or temper sends: what is missing, null or of the wrong kind counts as absent.</summary>
internal static class TolerantJson
{
    /// <summary>The object that the bytes hold, or null if they hold anything else.</summary>
    public static JsonElement? ParseObject(ReadOnlySpan<byte> json)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            var element = JsonElement.ParseValue(ref reader);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A nested object that is not empty.</summary>
    public static JsonElement? Object(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Object } found && found.EnumerateObject().Any() ? found : null;

    public static string? Text(this JsonElement parent, string name) => parent.Member(name) is { } found ? Text(found) : null;

    public static bool? Flag(this JsonElement parent, string name) => parent.Member(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static double? Number(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    public static int? Integer(this JsonElement parent, string name) =>
        parent.Number(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    public static decimal? Money(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetDecimal(out var amount) ? amount : null;

    public static TimeSpan? Milliseconds(this JsonElement parent, string name) =>
        parent.Number(name) is { } number and >= 0 and < 1e15 ? TimeSpan.FromMilliseconds(number) : null;

    public static IReadOnlyList<string> Texts(this JsonElement parent, string name) =>
        parent.Members(name).Select(Text).OfType<string>().ToList() is { Count: > 0 } texts ? texts : [];

    /// <summary>The objects of an array.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement parent, string name) =>
        parent.Members(name).Where(static entry => entry.ValueKind == JsonValueKind.Object);

    private static JsonElement.ArrayEnumerator Members(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : default;

    private static JsonElement? Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found) ? found : null;

    private static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair, or bytes that are no UTF-8
        }
    }
}
