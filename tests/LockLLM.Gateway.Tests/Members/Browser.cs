using System.Net;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Gateway.Tests.Management;

namespace LockLLM.Gateway.Tests.Members;

/// <summary>Keeps a cookie and the session's token, as a page of the gateway would.</summary>
internal sealed class Browser(Uri address) : IDisposable
{
    public const string OwnerEmail = "owner@example.com";
    public const string OwnerPassword = "violet canary sings 7261";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };

    public Uri Address => _client.BaseAddress!;

    /// <summary>Name and value.</summary>
    public string? Cookie { get; set; }

    public string? CsrfToken { get; set; }

    /// <summary>What the gateway said of the cookie.</summary>
    public string? SetCookie { get; private set; }

    /// <summary>A gateway whose owner is known.</summary>
    public static ManagementGateway Gateway(TimeProvider? clock = null, params (string Name, string Value)[] settings)
    {
        var factory = new GatewayFactory { Clock = clock };
        factory.Settings["LockLLM:Bootstrap:OwnerEmail"] = OwnerEmail;
        factory.Settings["LockLLM:Bootstrap:OwnerPassword"] = OwnerPassword;
        foreach (var (name, value) in settings)
        {
            factory.Settings[name] = value;
        }

        return new ManagementGateway(factory);
    }

    public static async Task<Browser> OwnerAsync(ManagementGateway gateway)
    {
        var browser = new Browser(gateway.Address);
        await browser.EnterAsync("/api/v1/session", new { email = OwnerEmail, password = OwnerPassword });
        return browser;
    }

    /// <summary>Signs in, or accepts an invitation.</summary>
    public async Task<JsonElement> EnterAsync(string path, object body)
    {
        var answer = await CallAsync("POST", path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    /// <summary>Invites somebody and lets them accept.</summary>
    public async Task<Browser> InviteAsync(string email, string role)
    {
        var invitation = await EnterAsync("/api/v1/invitations", new { email, role });
        var guest = new Browser(_client.BaseAddress!);
        await guest.EnterAsync("/api/v1/invitations/accept", new { token = invitation.Text("token"), name = role, password = OwnerPassword });
        return guest;
    }

    public async Task<JsonElement> ReadAsync(string path)
    {
        var answer = await CallAsync("GET", path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    public async Task<HttpResponseMessage> CallAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body ?? new { }), Encoding.UTF8, "application/json");
        }

        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", Cookie);
        }

        if (CsrfToken is not null)
        {
            request.Headers.Add(HeaderNames.CsrfToken, CsrfToken);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var answer = await _client.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            SetCookie = cookies.Single();
            Cookie = SetCookie.Split(';')[0];
            var session = await answer.JsonAsync();
            session = session.TryGetProperty("session", out var inner) ? inner : session;
            CsrfToken = session.TryGetProperty("csrf_token", out var token) ? token.GetString() : null;
        }

        return answer;
    }

    public void Dispose() => _client.Dispose();
}
