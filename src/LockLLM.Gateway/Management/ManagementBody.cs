using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Management;

/// <summary>Reads the JSON bodies of the management API.</summary>
internal static class ManagementBody
{
    private const int MaxBytes = 64 * 1024;

    public static async Task<Outcome<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (RequestBody.Refuse(context.Request, MaxBytes) is { } refused)
        {
            return refused;
        }

        using var body = await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted);
        if (!body.IsWhole)
        {
            return RequestErrors.TooLarge(MaxBytes);
        }

        try
        {
            return JsonSerializer.Deserialize(body.Bytes, type) is { } value ? value : Broken();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The second is how text that is no Unicode is reported. Neither message is repeated: it may quote the body.
            return Broken();
        }
    }

    /// <summary>For callers who have shown no credential yet: only so many a minute from one address.</summary>
    public static async Task<Outcome<T>> ReadAnonymousAsync<T>(HttpContext context, JsonTypeInfo<T> type, SignInLimit limit)
        where T : class => await limit.TakeAsync(context) is { } refused ? refused : await ReadAsync(context, type);

    public static Error? Missing(string? text, string param) => string.IsNullOrEmpty(text) ? new Error(ErrorCode.MissingField, $"Give {param}.", param) : null;

    /// <summary>Databases do not all take control characters, and nobody means them in a name or an address.</summary>
    public static Error? ControlCharacters(string? text, string param) => text is not null && text.Any(char.IsControl)
        ? new Error(ErrorCode.InvalidInput, "Control characters are not allowed here.", param)
        : null;

    private static Error Broken() => new(ErrorCode.InvalidJson, "Send a JSON object whose fields have the types that the API reference shows.");
}
