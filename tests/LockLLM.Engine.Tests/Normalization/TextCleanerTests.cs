using CsCheck;
using LockLLM.Engine.Tests.Decoding;
using LockLLM.Training.Mutations;

namespace LockLLM.Engine.Tests.Normalization;

public sealed class TextCleanerTests
{
    [Theory]
    [InlineData("Ｆｕｌｌ　ｗｉｄｔｈ", "Full width")]
    [InlineData("𝐁𝐨𝐥𝐝 𝒮𝓬𝓻𝓲𝓹𝓽 𝔉𝔯𝔞𝔨𝔱𝔲𝔯", "Bold Script Fraktur")]
    [InlineData("Ⓒircled ⓦords", "Circled words")]
    [InlineData("ﬁne ﬂow", "fine flow")]
    [InlineData("x² + ½", "x2 + 1⁄2")]
    [InlineData("🅱🅻🅰🅲🅺", "BLACK")]
    [InlineData("1️⃣2️⃣", "12")]
    [InlineData("ﾊﾟﾝとｶﾞｽ", "パンとガス")]
    [InlineData("ハ\u309Aン か\u3099 ウ\u3099", "パン が ヴ")]
    [InlineData("\u1112\u1161\u11AB\u1100\u1173\u11AF", "한글")]
    [InlineData("a\u200Bb\u00ADc\u2060d\u3164e\u2800f", "abcdef")]
    [InlineData("a\u0007b\tc\nd\u0085e", "a b\tc\nd\ne")]
    [InlineData("5 µm", "5 µm")]
    [InlineData("naïve café Ünïcödé 漢字 עברית العربية हिन्दी", "naïve café Ünïcödé 漢字 עברית العربية हिन्दी")]
    public void Makes_plain_characters(string text, string expected) => Assert.Equal(expected, Stages.Clean(text).Shown());

    [Fact]
    public void Half_a_surrogate_pair_becomes_a_replacement_character() =>
        Assert.Equal("a\uFFFDb\uFFFD", Stages.Clean("a\uD800b\uDC00").Shown());

    [Fact]
    public void Reads_a_message_in_tag_characters()
    {
        var cleaned = Stages.Clean("Nice day" + CharacterDisguises.Tags("hidden words") + "!");
        Assert.Equal("Nice day\nhidden words\n!", cleaned.Shown());
        Assert.Equal(EncodingLayers.UnicodeTags, cleaned.Layers[10]);
        Assert.Equal(EncodingLayers.None, cleaned.Layers[2]);
    }

    [Fact]
    public void Drops_the_tags_of_a_flag()
    {
        const string Scotland = "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F";
        Assert.Equal("go \U0001F3F4 go", Stages.Clean($"go {Scotland} go").Shown());
    }

    [Fact]
    public void Reads_bytes_in_variation_selectors() => Samples.AnySentences.Sample(sentence =>
    {
        var cleaned = Stages.Clean("Hi " + CharacterDisguises.VariationSelectors(sentence));
        Assert.Equal($"Hi 😊\n{sentence}\n", cleaned.Shown());
        Assert.Equal(EncodingLayers.VariationSelectors, cleaned.Layers[7]);
    });

    [Theory]
    [InlineData("pa\u200Bss", EncodingLayers.InvisibleCharacters)]
    [InlineData("pa\u202Ess", EncodingLayers.InvisibleCharacters)]
    [InlineData("\uFEFFpass", EncodingLayers.None)]
    [InlineData("love ❤️ you", EncodingLayers.None)]
    [InlineData("👩‍💻 codes", EncodingLayers.None)]
    [InlineData("می‌خواهم", EncodingLayers.None)]
    [InlineData("क्‍ष", EncodingLayers.None)]
    [InlineData("葛\U000E0100城", EncodingLayers.None)]
    public void Notes_invisible_characters_inside_words_only(string text, EncodingLayers expected) =>
        Assert.Equal(expected, Stages.Clean(text).AllLayers());

    [Theory]
    [InlineData("🇮 🇬 🇳 🇴 🇷 🇪", EncodingLayers.SymbolLetters)]
    [InlineData("🅷🅴🅻🅻🅾", EncodingLayers.SymbolLetters)]
    [InlineData("vive la 🇫🇷 !", EncodingLayers.None)]
    [InlineData("the 🅿️ sign and ⓘ", EncodingLayers.None)]
    [InlineData("where 𝑥 and 𝑦 grow", EncodingLayers.None)]
    public void Notes_decorated_letters_that_spell(string text, EncodingLayers expected) =>
        Assert.Equal(expected, Stages.Clean(text).AllLayers());

    [Fact]
    public void Leaves_ascii_where_it_is() => Gen.Char[' ', '~'].Array[0, 200].Sample(chars =>
    {
        var text = new string(chars);
        var cleaned = Stages.Clean(text);
        Assert.Equal(text, cleaned.Shown());
        Assert.True(cleaned.Starts.SequenceEqual(Enumerable.Range(0, text.Length).ToArray()));
    });

    [Fact]
    public void Never_throws_and_keeps_positions() => Samples.AnyUtf16.Sample(text => { Stages.Clean(text); }, iter: 3000);
}
