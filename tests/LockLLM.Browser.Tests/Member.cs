using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LockLLM.Contracts;

namespace LockLLM.Browser.Tests;

/// <summary>Calls <c>/api/v1</c> with a session, as the pages' script does.</summary>
internal sealed class Member(string address) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(address) };

    /// <summary>Signs in, or accepts an invitation.</summary>
    public async Task EnterAsync(string path, object body)
    {
        var session = await CallAsync(HttpMethod.Post, path, body);
        session = session.TryGetProperty("session", out var inner) ? inner : session;
        _client.DefaultRequestHeaders.Remove(HeaderNames.CsrfToken);
        _client.DefaultRequestHeaders.Add(HeaderNames.CsrfToken, session.GetProperty("csrf_token").GetString());
    }

    public Task<JsonElement> ReadAsync(string path) => CallAsync(HttpMethod.Get, path, null);

    public Task<JsonElement> CreateAsync(string path, object body) => CallAsync(HttpMethod.Post, path, body);

    public Task<JsonElement> DeleteAsync(string path) => CallAsync(HttpMethod.Delete, path, null);

    /// <summary>Invites somebody, who accepts, and gives their address.</summary>
    public async Task<string> InviteAsync(string name, string role)
    {
        var email = $"{name.ToLowerInvariant()}@example.com";
        var invitation = await CreateAsync("/api/v1/invitations", new { email, role });
        using var guest = new Member(address);
        await guest.EnterAsync("/api/v1/invitations/accept", new { token = invitation.GetProperty("token").GetString(), name, password = RunningDashboard.Password });
        return email;
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
