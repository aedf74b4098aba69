using LockLLM.Training.Evaluation;

namespace LockLLM.Training.Tests.Evaluation;

public class CurveTests
{
    [Fact]
    public void Auc_counts_the_pairs_in_the_right_order_and_ties_half()
    {
        Assert.Equal(1, Curve.Auc([3, 4], [1, 2]));
        Assert.Equal(0, Curve.Auc([1, 2], [3, 4]));
        Assert.Equal(0.5, Curve.Auc([1, 1], [1, 1, 1]));

        // 5 > 4, 2, 1; 3 > 2, 1; 2 > 1 and ties with 2: 6.5 of 9 pairs.
        Assert.Equal(6.5 / 9, Curve.Auc([2, 5, 3], [4, 1, 2])!.Value, 12);
    }

    [Fact]
    public void Auc_of_very_many_attacks_is_a_share()
    {
        double[] attacks = [.. Enumerable.Range(0, 100_000)];
        Assert.Equal(0.5, Curve.Auc(attacks, [49_999.5])!.Value, 12);
    }

    [Fact]
    public void Auc_needs_both_kinds()
    {
        Assert.Null(Curve.Auc([], [1]));
        Assert.Null(Curve.Auc([1], []));
    }

    [Fact]
    public void The_threshold_lets_no_more_innocent_texts_through_than_allowed()
    {
        double[] benign = [.. Enumerable.Range(1, 200)];
        var threshold = Curve.Threshold(benign, 0.01);
        Assert.InRange(threshold, double.BitIncrement(198), 199);
        Assert.Equal(0.01, Curve.Rate(benign, threshold));
        Assert.Equal(0, Curve.Rate(benign, Curve.Threshold(benign, 0.004)));
    }

    [Fact]
    public void Innocent_texts_that_tie_at_the_threshold_are_all_let_pass()
    {
        double[] benign = [.. Enumerable.Repeat(7.0, 100)];
        Assert.Equal(0, Curve.Rate(benign, Curve.Threshold(benign, 0.05)));
    }

    [Fact]
    public void Recall_is_measured_at_that_threshold()
    {
        double[] benign = [.. Enumerable.Range(1, 100)];
        Assert.Equal(0.5, Curve.RecallAt([99.5, 100, 99, 3], benign, 0.01));
        Assert.Null(Curve.RecallAt([1], [], 0.01));
        Assert.Null(Curve.RecallAt([], benign, 0.01));
    }
}
