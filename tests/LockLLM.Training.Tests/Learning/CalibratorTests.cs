using LockLLM.Engine;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;
using LockLLM.Training.Evaluation;
using LockLLM.Training.Learning;
using Xunit;

namespace LockLLM.Training.Tests.Learning;

/// <summary>The thresholds keep what the sensitivities promise.</summary>
public sealed class CalibratorTests
{
    private const string Everyday = "bordair:dolly";
    private readonly Random _random = new(1);

    [Fact]
    public void Everyday_prompts_are_flagged_as_seldom_as_promised()
    {
        var rows = Texts(Everyday, 20_000, mean: -8);

        var users = Calibrate(rows)[0];

        Assert.InRange(Flagged(rows, users.High), 0.049, 0.05);
        Assert.InRange(Flagged(rows, users.Medium), 0.009, 0.01);
        Assert.InRange(Flagged(rows, users.Low), 0.0005, 0.001);
    }

    [Fact]
    public void Innocent_twins_of_attacks_raise_the_middle_threshold_alone()
    {
        var everyday = Texts(Everyday, 20_000, mean: -8);
        var twins = Texts("authored:direct", 1000, mean: -4);

        var without = Calibrate(everyday)[0];
        var users = Calibrate([.. everyday, .. twins])[0];

        Assert.Equal(without.High, users.High);
        Assert.True(users.Medium > without.Medium);
        Assert.InRange(Flagged(twins, users.Medium), 0.04, 0.05);
    }

    [Fact]
    public void A_corpus_of_other_sources_is_calibrated_by_all_its_innocent_texts()
    {
        var rows = Texts("somebody/else", 20_000, mean: -8);

        Assert.InRange(Flagged(rows, Calibrate(rows)[0].Medium), 0.009, 0.01);
    }

    [Fact]
    public void Thresholds_never_coincide()
    {
        var calibrations = Calibrate([.. Enumerable.Repeat(Texts(Everyday, 1, mean: 0)[0], 50)]);

        Assert.All(calibrations, static heads => Assert.True(heads.High < heads.Medium && heads.Medium < heads.Low));
    }

    private static Calibration[] Calibrate(IReadOnlyList<(Example Example, FoldScore Score)> rows) =>
        Calibrator.Calibrate([.. rows.Select(static row => row.Example)], [.. rows.Select(static row => row.Score)]);

    private static double Flagged(IReadOnlyList<(Example Example, FoldScore Score)> rows, float threshold) =>
        Curve.Rate([.. rows.Select(static row => (double)row.Score.User)], threshold)!.Value;

    private List<(Example Example, FoldScore Score)> Texts(string family, int count, double mean) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var raw = (float)(mean + _random.NextDouble() + _random.NextDouble());
            return (new Example
            {
                Canonical = "",
                IsAttack = false,
                Category = "benign",
                Family = family,
                Language = "en",
                IsDev = false,
                Trust = Trust.User,
                UserWeight = 1,
                DocumentWeight = 1,
                Length = 100,
            }, new FoldScore(raw, raw));
        }),
    ];
}
