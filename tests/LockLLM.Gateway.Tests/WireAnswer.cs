using System.Net;
using System.Text.Json;
using LockLLM.Contracts;

namespace LockLLM.Gateway.Tests;

/// <summary>Reads answers as a client that trusts nothing would.</summary>
internal static class WireAnswer
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement;
    }

    /// <summary>The verdict of a 200.</summary>
    public static async Task<JsonElement> VerdictAsync(this HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.JsonAsync();
        Assert.Equal(response.Header(HeaderNames.RequestId), body.GetProperty("request_id").GetString());
        return body;
    }

    /// <summary>The error object, after checking that the body has the one shape.</summary>
    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var error = await response.ErrorAsync();
        Assert.Equal((status, code), (response.StatusCode, error.GetProperty("code").GetString()));
        return error;
    }

    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage response)
    {
        var body = await response.JsonAsync();
        var id = response.Header(HeaderNames.RequestId);
        Assert.Equal("error", body.GetProperty("type").GetString());
        Assert.Equal(id, body.GetProperty("request_id").GetString());
        var error = body.GetProperty("error");
        Assert.Equal(id, error.GetProperty("request_id").GetString());
        Assert.Equal((int)response.StatusCode, error.GetProperty("status").GetInt32());
        Assert.NotEmpty(error.GetProperty("type").GetString()!);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.True(error.TryGetProperty("param", out _));
        return error;
    }

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    public static bool Has(this JsonElement element, string property) => element.TryGetProperty(property, out _);
}
