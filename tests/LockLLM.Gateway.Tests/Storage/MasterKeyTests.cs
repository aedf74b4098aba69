using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Tests.Storage;

public sealed class MasterKeyTests
{
    public static TheoryData<string> Unusable =>
    [
        "not base64 at all!",
        Convert.ToBase64String(new byte[31]),
        Convert.ToBase64String(new byte[33]),
        Base64(_ => 0),
        Base64(_ => 0xFF),
        Base64(_ => 0x41),
        Base64(i => i),
        Base64(i => 31 - i),
        Base64(i => i * 7),
        Base64(i => i % 2 == 0 ? 0xDE : 0xAD),
        Base64(i => new[] { 0xDE, 0xAD, 0xBE, 0xEF }[i % 4]),
        Convert.ToBase64String("0123456789abcdef0123456789abcdef"u8),
        Convert.ToBase64String("change-me-change-me-change-me-32"u8),
        "00000000000000000000000000000000",
    ];

    [Theory]
    [MemberData(nameof(Unusable))]
    public void A_key_that_protects_nothing_is_refused_in_one_line_that_names_the_setting(string text)
    {
        var refusal = Assert.Throws<StartupRefusal>(() => MasterKey.Parse(text, "LockLLM:MasterKey"));
        Assert.StartsWith("LockLLM:MasterKey ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generated_key_survives_its_text_form()
    {
        for (var i = 0; i < 1000; i++)
        {
            var key = MasterKey.Generate();
            Assert.Equal(key.Derive("x"), MasterKey.Parse($" {key.ToBase64()}\n", "file").Derive("x"));
        }
    }

    [Fact]
    public void Each_purpose_has_its_own_key()
    {
        var key = MasterKey.Generate();
        Assert.NotEqual(key.Derive("a"), key.Derive("b"));
        Assert.NotEqual(key.Derive("a"), MasterKey.Generate().Derive("a"));
        Assert.Equal(32, key.Derive("a").Length);
    }

    private static string Base64(Func<int, int> value) => Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)value(i))]);
}
