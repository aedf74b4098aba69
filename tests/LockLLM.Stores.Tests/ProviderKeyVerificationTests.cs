using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Proxy;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Stores.Tests;

public sealed class ProviderKeyVerificationTests : IAsyncLifetime
{
    private const string Secret = "sk-verified-0123456789abcdefghijklmnop";

    private readonly GatewayFactory _gateway = new();
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _gateway.Settings["LockLLM:Egress:AllowPrivateNetworks"] = "true";
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_key_that_opens_and_that_its_provider_accepts_is_good()
    {
        Assert.Null(await VerifyAsync("openai"));
        var request = Assert.Single(_provider.Requests);
        Assert.Equal(("GET", "/v1/models", "Bearer " + Secret), (request.Method, request.Target, request.Header("Authorization")));
    }

    [Fact]
    public async Task Anthropic_is_shown_its_own_header()
    {
        Assert.Null(await VerifyAsync("anthropic"));
        Assert.Equal(Secret, Assert.Single(_provider.Requests).Header("x-api-key"));
    }

    [Theory]
    [InlineData(401, "provider_key_rejected")]
    [InlineData(403, "provider_key_rejected")]
    [InlineData(302, "provider_error")]
    [InlineData(400, "provider_error")]
    [InlineData(500, "provider_error")]
    public async Task Anything_but_a_model_list_is_not_good(int status, string code)
    {
        _provider.Answer = FakeProvider.Json("{}", status, ("Location", "https://elsewhere.example.com/"));
        var error = await VerifyAsync("openai");
        Assert.Equal((code, (int?)status), (error!.Code.Code, error.UpstreamStatus));
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task A_provider_that_breaks_off_is_not_good()
    {
        _provider.Answer = FakeProvider.Reset();
        Assert.Equal(ErrorCode.ProviderError, (await VerifyAsync("openai"))!.Code);
    }

    [Fact]
    public async Task A_provider_without_a_model_list_is_not_called_good() =>
        Assert.Equal(ErrorCode.FeatureUnavailable, (await VerifyAsync("perplexity"))!.Code);

    private async Task<LockLLM.Gateway.Errors.Error?> VerifyAsync(string provider)
    {
        var services = _gateway.Services;
        var account = services.GetRequiredService<AccountSnapshots>().All.Single().AccountId;
        var draft = new ProviderKeyDraft { Provider = provider, ApiKey = Secret, EndpointUrl = _provider.Address + "/v1" };
        var stored = (await services.GetRequiredService<ProviderKeyStore>().CreateAsync(account, draft, "mem_test", null, default)).Value!;
        return await services.GetRequiredService<ProviderKeyVerification>().VerifyAsync(account, stored.Id, "mem_test", "req_verify", default);
    }
}
