using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LockLLM.Gateway.Errors;

internal static class JsonAnswer
{
    /// <summary>Writes the whole answer at once, with its length, so that it is never sent in chunks.</summary>
    public static Task WriteAsync<T>(HttpResponse response, T body, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, type);
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(json, response.HttpContext.RequestAborted).AsTask();
    }
}
