using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Identity;

namespace LockLLM.Gateway.Tests.Identity;

/// <summary>What a key is found by. The life of keys is tested on both databases in LockLLM.Stores.Tests.</summary>
public sealed class ApiKeyStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_but_the_key_itself_is_found()
    {
        await using var installation = await OpenAsync();
        var key = (await installation.Keys.CreateAsync(installation.Account, new ApiKeyDraft("one"), "test", null, CancellationToken.None)).Value!.Secret;
        Assert.NotNull(installation.Keys.Find(key));
        string[] wrong = ["", key.Remove(key.Length - 1), key + "0", key.ToUpperInvariant(), ' ' + key, key + new string('0', 5000), new string('0', 5000), "\uD800"];
        Assert.All(wrong, value => Assert.Null(installation.Keys.Find(value)));
    }

    [Fact]
    public async Task Keys_at_the_length_limit_do_not_shade_into_each_other()
    {
        await using var installation = await OpenAsync();
        var longest = ApiKeyFormat.Prefix + new string('k', ApiKeyFormat.MaximumLength - 4);
        Assert.True(await installation.Keys.EnsureAsync(installation.Account, "longest", longest, CancellationToken.None));
        Assert.NotNull(installation.Keys.Find(longest));
        Assert.Null(installation.Keys.Find(longest + "k"));
        Assert.Null(installation.Keys.Find(longest.AsSpan()[..^1]));
    }

    private Task<TestInstallation> OpenAsync() => TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });
}
