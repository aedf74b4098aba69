using System.Text;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Tests.Members;

public sealed class PasswordTests
{
    private const string Email = "owner@example.com";

    [Fact]
    public async Task A_password_is_kept_as_a_salted_slow_hash()
    {
        using var passwords = new Passwords();
        var first = await passwords.HashAsync(Browser.OwnerPassword, TestContext.Current.CancellationToken);
        var second = await passwords.HashAsync(Browser.OwnerPassword, TestContext.Current.CancellationToken);
        Assert.NotEqual(first, second);
        Assert.StartsWith("pbkdf2-sha256$600000$", first, StringComparison.Ordinal);
        Assert.True(await passwords.VerifyAsync(first, Browser.OwnerPassword, TestContext.Current.CancellationToken));
        Assert.False(await passwords.VerifyAsync(first, Browser.OwnerPassword + " ", TestContext.Current.CancellationToken));
        Assert.False(await passwords.VerifyAsync(null, Browser.OwnerPassword, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("only eleven")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("123456789012")]
    [InlineData("abcdefghijklmn")]
    [InlineData("OWNER@example.com")]
    public void A_password_that_is_soon_guessed_is_refused(string? password) => Assert.NotNull(Passwords.Problem(password, Email));

    [Theory]
    [InlineData("violet canary sings 7261")]
    [InlineData("correct horse")]
    public void A_long_one_is_taken(string password) => Assert.Null(Passwords.Problem(password, Email));

    [Fact]
    public void A_password_is_not_endless()
    {
        Assert.Null(Passwords.Problem(string.Concat(Enumerable.Repeat("violet cana", 23)) + "xyz", Email));
        Assert.NotNull(Passwords.Problem(string.Concat(Enumerable.Repeat("violet cana", 24)), Email));
    }

    // RFC 6238, appendix B, the column of SHA-1.
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(code, Totp.Code(secret, Totp.StepAt(now), 8));
        Assert.Equal(Totp.StepAt(now), Totp.Match(secret, code[2..], now));
        Assert.Equal(Totp.StepAt(now), Totp.Match(secret, code[2..], now.AddSeconds(30)));
        Assert.Null(Totp.Match(secret, code[2..], now.AddSeconds(90)));
        Assert.Null(Totp.Match(secret, "", now));
    }

    // RFC 4648, section 10, without padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base_32_is_that_of_the_standard(string text, string expected) => Assert.Equal(expected, Totp.Base32(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(" Owner@Example.COM ", "owner@example.com")]
    [InlineData("a@b", "a@b")]
    [InlineData("a@@b", null)]
    [InlineData("@b", null)]
    [InlineData("a@", null)]
    [InlineData("a b@c", null)]
    [InlineData("a\0@c", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Addresses_compare_in_one_form(string? text, string? expected) => Assert.Equal(expected, EmailAddress.Normalize(text));
}
