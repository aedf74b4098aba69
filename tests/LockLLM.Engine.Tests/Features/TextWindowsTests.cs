using CsCheck;
using LockLLM.Engine.Features;

namespace LockLLM.Engine.Tests.Features;

public sealed class TextWindowsTests
{
    [Fact]
    public void Windows_cover_every_character() =>
        Gen.Int[0, 5000].Sample(length =>
        {
            foreach (var width in TextWindows.Widths)
            {
                var covered = 0;
                for (var number = 0; number < TextWindows.Count(length, width); number++)
                {
                    var (from, to) = TextWindows.Range(number, length, width);
                    Assert.True(from <= covered, "a gap between windows");
                    Assert.InRange(to - from, 0, width);
                    covered = to;
                }

                Assert.Equal(length, covered);
            }
        });

    [Fact]
    public void A_payload_of_half_a_width_lies_whole_in_a_window() =>
        Gen.Select(Gen.Int[300, 5000], Gen.Double[0, 1]).Sample((length, place) =>
        {
            foreach (var width in TextWindows.Widths)
            {
                var payload = Math.Min(width / 2, length);
                var from = (int)(place * (length - payload));
                var windows = Enumerable.Range(0, TextWindows.Count(length, width)).Select(n => TextWindows.Range(n, length, width));
                Assert.Contains(windows, window => window.From <= from && window.To >= from + payload);
            }
        });
}
