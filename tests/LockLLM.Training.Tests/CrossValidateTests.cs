namespace LockLLM.Training.Tests;

public class CrossValidateTests(TrainedTwice trained)
{
    [Fact]
    public void Every_family_is_measured_by_a_model_that_did_not_see_it()
    {
        var run = TrainingRun.Of("crossvalidate", "--data", trained.Folder.Combine("corpus"), "--folds", "2");
        Assert.Equal(0, run.ExitCode);
        Assert.All(Enumerable.Range(0, 6), part => Assert.Contains($"  tiny/part-{part} ", run.Output, StringComparison.Ordinal));
        Assert.Contains("User: 180 innocent texts", run.Output, StringComparison.Ordinal);
        Assert.Contains("Document: 180 innocent texts", run.Output, StringComparison.Ordinal);
    }
}
