using LockLLM.Gateway.Identity;

namespace LockLLM.Gateway.Tests.Identity;

public sealed class ApiKeyFormatTests
{
    [Fact]
    public void Generated_keys_have_256_random_bits_and_a_checksum()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => ApiKeyFormat.Generate()).ToArray();
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key =>
        {
            Assert.Matches("^llm_[0-9A-Za-z]{49}$", key);
            Assert.True(ApiKeyFormat.HasValidChecksum(key));
            Assert.Null(ApiKeyFormat.Problem(key));
        });
    }

    [Fact]
    public void The_checksum_is_the_crc32_that_scanners_compute()
    {
        // CRC-32/ISO-HDLC of the first 47 characters is 0x9E2A571A.
        const string body = "llm_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
        Assert.True(ApiKeyFormat.HasValidChecksum(body + "2ta83m"));
    }

    [Fact]
    public void Every_typing_error_shows()
    {
        var key = ApiKeyFormat.Generate();
        for (var i = ApiKeyFormat.Prefix.Length; i < key.Length; i++)
        {
            var wrong = key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..];
            Assert.False(ApiKeyFormat.HasValidChecksum(wrong));
        }

        Assert.False(ApiKeyFormat.HasValidChecksum(key[1..]));
        Assert.False(ApiKeyFormat.HasValidChecksum(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk_live_0123456789012345678901234567890123456789")]
    [InlineData("llm_short")]
    [InlineData("llm_0123456789 0123456789 0123456789 0123")]
    [InlineData("llm_0123456789ä0123456789ä0123456789ä0123")]
    public void A_key_that_cannot_work_is_named(string key) => Assert.NotNull(ApiKeyFormat.Problem(key));

    [Fact]
    public void Any_long_visible_key_of_the_operator_is_accepted() => Assert.Null(ApiKeyFormat.Problem("llm_" + new string('-', 32)));
}
