using CsCheck;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Tests.Scanning;

public sealed class ScalarOffsetsTests
{
    private static readonly string[] s_characters = ["a", "é", "中", "😀", "\u200B", "𝕊", " "];

    private static readonly Gen<string> s_text = Gen.Int[0, s_characters.Length - 1].Array[0, 200].Select(picks => string.Concat(picks.Select(pick => s_characters[pick])));

    [Fact]
    public void The_count_is_the_number_of_runes() =>
        s_text.Sample(text => Assert.Equal(text.EnumerateRunes().Count(), ScalarOffsets.Count(text)));

    [Fact]
    public void Every_position_in_any_order_maps_to_the_runes_before_it() =>
        Gen.Select(s_text, Gen.Double[0, 1].Array[0, 32]).Sample((text, places) =>
        {
            var positions = places.Select(place => Boundary(text, (int)(place * text.Length))).ToArray();
            var expected = positions.Select(position => text[..position].EnumerateRunes().Count()).ToArray();
            ScalarOffsets.Convert(text, positions);
            Assert.Equal(expected, positions);
        });

    [Fact]
    public void An_end_inside_a_pair_covers_the_whole_character()
    {
        int[] positions = [1, 2];
        ScalarOffsets.Convert("😀", positions);
        Assert.Equal([1, 1], positions);
    }

    private static int Boundary(string text, int position) => position < text.Length && char.IsLowSurrogate(text[position]) ? position - 1 : position;
}
