using LockLLM.Contracts.Errors;

namespace LockLLM.Gateway.Errors;

/// <summary>Errors that more than one place can find.</summary>
internal static class RequestErrors
{
    public static readonly Error NotJson = new(
        ErrorCode.UnsupportedMediaType, "Send the body as JSON in UTF-8, with Content-Type: application/json.", Microsoft.Net.Http.Headers.HeaderNames.ContentType);

    public static Error TooLarge(long maxBytes) =>
        new(ErrorCode.RequestTooLarge, $"The body has more than {maxBytes} bytes.") { MaxBytes = maxBytes };
}
