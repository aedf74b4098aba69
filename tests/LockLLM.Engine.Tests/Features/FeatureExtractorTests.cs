using CsCheck;
using LockLLM.Engine.Features;

namespace LockLLM.Engine.Tests.Features;

public sealed class FeatureExtractorTests
{
    [Fact]
    public void Takes_three_grams_a_character_and_three_a_word()
    {
        var extractor = new FeatureExtractor();
        extractor.Extract("two words");
        Assert.Equal((9 * 3) + (2 * 3), extractor.Count);
        Assert.Equal([3, 6, 9, 15, 18, 21, 24, 27, 33], extractor.Ends.ToArray());
    }

    [Fact]
    public void Makes_a_word_of_each_ideograph()
    {
        var extractor = new FeatureExtractor();
        extractor.Extract("你好");
        Assert.Equal(12, extractor.Count);
    }

    [Fact]
    public void No_part_of_a_text_has_more_features_than_it_says()
    {
        // A letter that ends at an ideograph, in turn, has the most.
        var worst = string.Concat(Enumerable.Range(0, 400).Select(static i => $"{(char)('a' + (i % 26))}{(char)(0x4E00 + i)}"));
        Gen.Select(Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char['\u4E00', '\u4F00'], Gen.Const(' ')).Array[1, 300], Gen.Bool).Sample((characters, takesWorst) =>
        {
            var extractor = new FeatureExtractor();
            extractor.Extract(takesWorst ? worst.AsSpan(characters.Length) : characters);
            for (var from = 0; from < extractor.Length; from++)
            {
                var before = from == 0 ? 0 : extractor.Ends[from - 1];
                for (var to = from + 1; to <= extractor.Length; to += 7)
                {
                    Assert.InRange(extractor.Ends[to - 1] - before, 0, FeatureExtractor.MostFeatures(to - from));
                }
            }
        }, iter: 100);
    }

    [Theory]
    [InlineData("page 17", "page 94")]
    [InlineData("one\ntwo", "one two")]
    public void Reads_digits_alike_and_line_breaks_as_spaces(string one, string other) => Assert.Equal(Features(one), Features(other));

    [Theory]
    [InlineData("cat", "act")]
    [InlineData("the dog bit the man", "the man bit the dog")]
    [InlineData("übung", "abung")]
    public void Tells_texts_apart(string one, string other) => Assert.NotEqual(Features(one), Features(other));

    [Fact]
    public void Gives_the_same_features_however_often_it_was_used()
    {
        var reused = new FeatureExtractor();
        Gen.String.Sample(text =>
        {
            reused.Extract(text);
            Assert.Equal(Features(text), reused.Indices.ToArray());
            Assert.All(reused.Indices.ToArray(), static index => Assert.InRange(index, 0u, (uint)FeatureSchema.Slots - 1));
            Assert.Equal(reused.Count, text.Length == 0 ? 0 : reused.Ends[^1]);
        }, threads: 1);
    }

    [Fact]
    public void Features_depend_on_the_text_around_them_only_within_five_characters()
    {
        var alone = Features("please read the second chapter");
        var inside = Features("xxxxxxxxxx please read the second chapter");
        Assert.Equal(alone[^40..], inside[^40..]);
    }

    private static uint[] Features(string text)
    {
        var extractor = new FeatureExtractor();
        extractor.Extract(text);
        return extractor.Indices.ToArray();
    }
}
