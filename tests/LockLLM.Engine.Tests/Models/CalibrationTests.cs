using CsCheck;
using LockLLM.Engine.Models;

namespace LockLLM.Engine.Tests.Models;

public sealed class CalibrationTests
{
    private static readonly Calibration s_calibration = new(-1.5f, 0.25f, 3f);

    [Fact]
    public void Puts_the_sensitivities_at_their_thresholds()
    {
        Assert.Equal(Thresholds.High, s_calibration.ToScore(-1.5f), 4);
        Assert.Equal(Thresholds.Medium, s_calibration.ToScore(0.25f), 4);
        Assert.Equal(Thresholds.Low, s_calibration.ToScore(3f), 4);
    }

    [Fact]
    public void Never_lowers_the_score_of_higher_odds() =>
        Gen.Select(Gen.Float[-30, 30], Gen.Float[0, 5]).Sample((raw, step) =>
            Assert.InRange(s_calibration.ToScore(raw), 0, s_calibration.ToScore(raw + step)));

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.PositiveInfinity, 100)]
    public void Stays_between_0_and_100(float raw, double expected) => Assert.Equal(expected, s_calibration.ToScore(raw));
}
