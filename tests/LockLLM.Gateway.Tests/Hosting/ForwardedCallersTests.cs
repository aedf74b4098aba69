using System.Net;
using System.Net.Http.Headers;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class ForwardedCallersTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData(null, "203.0.113.7", false)]
    [InlineData("10.0.0.0/8", "203.0.113.7", false)]
    [InlineData("127.0.0.1", "203.0.113.7", true)]
    [InlineData("127.0.0.0/8", "203.0.113.7", true)]
    [InlineData("127.0.0.1", "198.51.100.1", false)]
    [InlineData("127.0.0.1", "203.0.113.7, 198.51.100.1", false)]
    [InlineData("127.0.0.1", "not an address", false)]
    public async Task Only_known_proxies_speak_for_others(string? known, string forwarded, bool isBelieved)
    {
        if (known is not null)
        {
            _gateway.Settings["LockLLM:Forwarding:KnownProxies:0"] = known;
        }

        _gateway.StartKestrel();
        var account = _gateway.Services.GetRequiredService<AccountSnapshots>().All.First().AccountId;
        var created = await _gateway.Services.GetRequiredService<ApiKeyStore>().CreateAsync(account, new ApiKeyDraft("far") { AllowedNetworks = ["203.0.113.0/24"] }, "test", null, CancellationToken.None);
        using var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", created.Value!.Secret);
        using var response = await client.ScanAsync("""{"input":"a"}""", ("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "https"));
        Assert.Equal(isBelieved ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        if (known is null or "10.0.0.0/8")
        {
            Assert.Null(response.Header("Strict-Transport-Security"));
        }
        else if (isBelieved)
        {
            Assert.NotNull(response.Header("Strict-Transport-Security"));
        }
    }
}
