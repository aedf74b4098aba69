using System.Text;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Tests.Proxy.Protocols;

public sealed class AddressReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?limit=20&after=file-abc&stream=true")]
    [InlineData("?a=&b&=&&+=%20")]
    public void Switches_are_no_text(string query) => Assert.Null(AddressReader.Read("v1/search", query, default));

    [Theory]
    [InlineData("?q=tell+me+of+kettles&limit=2", "tell me of kettles")]
    [InlineData("?tell%20me=1&q=of%20k%C3%A9ttles", "tell me|of k\u00E9ttles")]
    [InlineData("?tell me", "tell me")]
    [InlineData("?q=a=b c&q=d e", "a=b c|d e")]
    [InlineData("?q=%zz%ff not well formed", "%zz%ff not well formed")]
    public void Names_and_values_that_are_words_are_texts_of_the_user(string query, string expected)
    {
        using var map = AddressReader.Read("v1/search", query, default)!;
        Assert.Equal(expected.Split('|').Select(static text => (TextOrigin.User, text)), Reading.Texts(map));
        Assert.Equal(expected.Replace("|", "", StringComparison.Ordinal).Length, map.Scalars);
    }

    [Fact]
    public void Segments_of_a_path_that_are_words_are_texts_too()
    {
        using var map = AddressReader.Read("v1/tell me of/kettles/made-of-blue-steel-", "?q=and+pans", default)!;
        Assert.Equal(["tell me of", "made-of-blue-steel-", "and pans"], Reading.Texts(map).Select(static text => text.Text));
    }

    [Fact]
    public void Any_query_is_read()
    {
        const string Letters = "?&&==%%+aZ 09fF2C3é\u0000\ud800\udc00😀";
        var random = new Random(8);
        for (var round = 0; round < 20_000; round++)
        {
            var query = "?" + string.Create(random.Next(60), random, static (text, random) => random.GetItems<char>(Letters, text));
            using var map = AddressReader.Read("v1/search", query, default);
            if (map is not null)
            {
                Assert.All(Reading.Texts(map), static text => Assert.False(string.IsNullOrWhiteSpace(text.Text)));
                Assert.InRange(Reading.Texts(map).Sum(static text => text.Text.Length), 1, query.Length);
            }
        }
    }

    [Fact]
    public void Texts_of_a_body_and_of_its_address_become_one_map()
    {
        const string Chat = """{"model":"m","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"of blue kettles 😀"},{"type":"image_url","image_url":{"url":"https://a.example/b.png"}}]}]}""";
        Assert.Null(PromptReader.Read(ProtocolKind.OpenAiChat, Encoding.UTF8.GetBytes(Chat), Reading.MaxMessages, out var body));
        var before = Reading.Texts(body!);
        var unscanned = body!.Unscanned.ToString();
        using var both = body.Behind(AddressReader.Read("search", "?q=and of green ones", default)!);
        Assert.Equal([(TextOrigin.User, "and of green ones"), .. before], Reading.Texts(both));
        Assert.Equal(("m", true, "image=1", unscanned), (both.Model, both.IsStream, unscanned, both.Unscanned.ToString()));
        Assert.Equal(Reading.Texts(both).Sum(static text => text.Text.EnumerateRunes().Count()), both.Scalars);
    }
}
