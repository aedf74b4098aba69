using CsCheck;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Tests.Network;

public sealed class WordReaderTests
{
    [Fact]
    public void Words_take_the_signs_behind_them()
    {
        Assert.Equal(["please ", "stop, ", "now!"], Words("please stop, now!"));
        Assert.Equal(["\"", "quoted\" ", "x"], Words("\"quoted\" x"));
    }

    [Fact]
    public void Two_ideographs_make_a_word() => Assert.Equal(["忽略", "之前", "的"], Words("忽略之前的"));

    [Fact]
    public void A_long_word_is_cut() => Assert.Equal([20, 20, 5], Words(new string('z', 45)).Select(static word => word.Length));

    [Fact]
    public void A_run_of_one_letter_says_nothing()
    {
        Assert.Empty(Slots("aaaaaaaa zzzz"));
        Assert.NotEmpty(Slots("aaab"));
        Assert.NotEmpty(Slots("www"));
    }

    [Theory]
    [InlineData("room 17", "room 94")]
    [InlineData("one two", "one  two")]
    public void Digits_are_read_alike_and_spaces_not_at_all(string one, string other) => Assert.Equal(Slots(one), Slots(other));

    [Theory]
    [InlineData("stop", "stop.")]
    [InlineData("stop.", "stop!")]
    [InlineData("post", "stop")]
    public void Other_words_and_signs_have_other_slots(string one, string other) => Assert.NotEqual(Slots(one), Slots(other));

    [Fact]
    public void Words_that_share_letters_share_slots()
    {
        var common = Slots("instruction").Intersect(Slots("instructions")).Count();
        Assert.True(common >= 15, $"{common} in common");
    }

    [Fact]
    public void Any_text_is_cut_into_words_that_cover_it()
    {
        var reused = new WordReader();
        Gen.String.Sample(text =>
        {
            reused.Read(text);
            Assert.True(reused.Count <= (text.Length / 2) + 1);
            var starts = reused.Starts.ToArray();
            Assert.Equal(0, starts[0]);
            Assert.Equal(text.Length, starts[^1]);
            Assert.All(starts.Zip(starts.Skip(1)), static pair => Assert.True(pair.First < pair.Second));
            Assert.Equal(Slots(text), Enumerable.Range(0, reused.Count).SelectMany(word => reused.SlotsOf(word).ToArray()));
        }, threads: 1);
    }

    private static string[] Words(string text)
    {
        var reader = new WordReader();
        reader.Read(text);
        var starts = reader.Starts.ToArray();
        return [.. starts.Zip(starts.Skip(1), (from, to) => text[from..to])];
    }

    private static ushort[] Slots(string text)
    {
        var reader = new WordReader();
        reader.Read(text);
        return [.. Enumerable.Range(0, reader.Count).SelectMany(word => reader.SlotsOf(word).ToArray())];
    }
}
