using LockLLM.Engine;
using LockLLM.Training.Tests;

[assembly: AssemblyFixture(typeof(TrainedTwice))]

namespace LockLLM.Training.Tests;

/// <summary>A model that the <c>train</c> command made of the tiny corpus, and once more from the start.</summary>
public sealed class TrainedTwice : IDisposable
{
    public TrainedTwice()
    {
        TinyCorpus.WriteTo(Folder);
        First = Train(Folder, "first");
        Second = Train(Folder, "second");
        using var stream = File.OpenRead(First);
        Scanner = new PromptScanner(stream);
    }

    public TemporaryFolder Folder { get; } = new();

    public string First { get; }

    public string Second { get; }

    public PromptScanner Scanner { get; }

    public static string Train(TemporaryFolder folder, string name)
    {
        var run = TrainingRun.Of("train", "--data", folder.Combine("corpus"), "--out", folder.Combine(name));
        Assert.True(run.ExitCode == 0, run.Errors);
        return folder.Combine(name, "injection.model");
    }

    public void Dispose() => Folder.Dispose();
}
