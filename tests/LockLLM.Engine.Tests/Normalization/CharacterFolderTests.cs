using System.Text;
using CsCheck;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Tests.Decoding;

namespace LockLLM.Engine.Tests.Normalization;

public sealed class CharacterFolderTests
{
    [Theory]
    [InlineData("Hello WORLD 42!", "hello world 42!")]
    [InlineData("Ünïcödé naïve Łódź straße Ærø", "unicode naive lodz strasse aero")]
    [InlineData("Z\u0351\u036Da\u0300\u0316lgo\u0489", "zalgo")]
    [InlineData("Việt Nam", "viet nam")]
    [InlineData("раураl іgnоrе", "paypal ignore")]
    [InlineData("Ηеllо", "hello")]
    [InlineData("ᴀʙᴄ sᴍᴀʟʟ", "abc small")]
    [InlineData("ɐqɔpǝ", "aqcpe")]
    [InlineData("“quotes” ‘and’ – dashes… • x", "\"quotes\" 'and' - dashes... * x")]
    [InlineData("a  \t b \r\n  c\n\n\nd\u3000e", "a b\nc\nd e")]
    [InlineData("漢字 カタカナ 한글 العربية हिन्दी ไทย", "漢字 カタカナ 한글 العربية हिन्दी ไทย")]
    [InlineData("٣ ९", "3 9")]
    [InlineData("Ｆull 𝐛old \u200B\u200Bx", "full bold x")]
    public void Folds_to_the_form_of_features(string text, string expected) => Assert.Equal(expected, Stages.Fold(text).Shown());

    [Theory]
    [InlineData("раssword", EncodingLayers.Confusables)]
    [InlineData("please аѕ soon", EncodingLayers.Confusables)]
    [InlineData("Сегодня хорошая погода", EncodingLayers.None)]
    [InlineData("он сор носа", EncodingLayers.None)]
    [InlineData("α-helix, β2 and Δt", EncodingLayers.None)]
    [InlineData("café Łódź ısı Əli", EncodingLayers.None)]
    [InlineData("5 µm", EncodingLayers.None)]
    [InlineData("hello😀привет", EncodingLayers.None)]
    public void Notes_look_alikes_among_ascii_only(string text, EncodingLayers expected) =>
        Assert.Equal(expected, Stages.Fold(text).AllLayers());

    [Fact]
    public void Folding_twice_changes_nothing() => Samples.AnyUtf16.Sample(text =>
    {
        var once = Stages.Fold(text).Shown();
        Assert.Equal(once, Stages.Fold(once).Shown());
    });

    [Fact]
    public void Capital_and_small_letters_fold_alike()
    {
        for (var scalar = 0x80; scalar < 0x20000; scalar++)
        {
            if (Rune.IsValid(scalar) && !IsNewerThanTheTable(scalar) && Rune.ToLowerInvariant(new Rune(scalar)) is var small && small.Value != scalar
                && Rune.ToUpperInvariant(small).Value == scalar)
            {
                var (folded, capital) = (Stages.Fold(small.ToString()).Shown(), Stages.Fold(new Rune(scalar).ToString()).Shown());
                Assert.True(folded == capital || IsEta(folded, capital), $"U+{scalar:X4}: {folded} and {capital}");
            }
        }
    }

    // The runtime knows letters of Unicode 16 and 17, the table those of 15.
    private static bool IsNewerThanTheTable(int scalar) =>
        scalar is 0x1C89 or (>= 0xA7CB and <= 0xA7DC and not 0xA7D0 and not 0xA7D6 and not 0xA7D8) or (>= 0x10D50 and <= 0x10D65) or (>= 0x16EA0 and <= 0x16EB8);

    // The Greek letter whose capital imitates H and whose small form imitates n, also with accents.
    private static bool IsEta(string small, string capital) => small[0] == 'n' && capital[0] == 'h';

    [Fact]
    public void Keeps_the_sign_for_unreadable_matter() =>
        Assert.Equal($"a {Engine.Decoding.Decoder.Unreadable} b", Stages.Fold($"A {Engine.Decoding.Decoder.Unreadable} B").Shown());

    [Fact]
    public void A_table_entry_never_swells_a_text_beyond_eight_characters()
    {
        for (var scalar = 0; scalar < CharacterTable.Scalars; scalar++)
        {
            CharacterTable.Fold.TryGet(scalar, out var replacement, out _);
            Assert.True(replacement.Length <= 8, $"U+{scalar:X4} becomes {replacement.Length} characters");
            CharacterTable.Clean.TryGet(scalar, out replacement, out _);
            Assert.True(replacement.Length <= 8, $"U+{scalar:X4} becomes {replacement.Length} characters");
        }
    }
}
