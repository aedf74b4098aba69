namespace LockLLM.Training.Tests;

/// <summary>A mistake is answered with one sentence and exit code 2, and no text of the corpus is shown.</summary>
public sealed class MistakeTests : IDisposable
{
    private const string Canary = "heron-lantern-4711";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Commands { get; } = ["train", "evaluate", "crossvalidate"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_folder_that_does_not_exist(string command) =>
        Fails(Run(command, _folder.Combine("nowhere")), "nowhere does not exist.");

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_folder_without_a_corpus(string command)
    {
        _folder.Write("data/readme.txt", Canary);
        Fails(Run(command, _folder.Combine("data")), "holds no .jsonl or .jsonl.gz file.");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_line_that_is_no_json(string command) => FailsOn(command, $$"""{"text": "{{Canary}}", "label": 0""");

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_label_that_is_neither_0_nor_1(string command) => FailsOn(command, $$"""{"text": "{{Canary}}", "label": 2}""");

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_row_without_text(string command) => FailsOn(command, $$"""{"label": 1, "set": "{{Canary}}"}""");

    [Fact]
    public void A_file_with_nothing_to_measure_on()
    {
        _folder.Write("data/a.jsonl", "", "");
        Fails(Run("evaluate", _folder.Combine("data")), "No text to measure on.");
    }

    [Theory]
    [InlineData("train")]
    [InlineData("crossvalidate")]
    public void A_corpus_without_an_attack(string command)
    {
        _folder.Write("data/a.jsonl", $$"""{"text": "{{Canary}}", "label": 0}""");
        Fails(Run(command, _folder.Combine("data")), "holds no row with label 1 that may teach.");
    }

    [Theory]
    [InlineData("train")]
    [InlineData("crossvalidate")]
    public void A_corpus_of_which_no_row_may_teach(string command)
    {
        _folder.Write("data/a.jsonl", $$"""{"text": "{{Canary}}", "label": 0, "licence": "CC BY-NC 4.0"}""");
        Fails(Run(command, _folder.Combine("data")), "holds no row with label 0 that may teach.");
    }

    [Fact]
    public void A_model_file_that_is_none()
    {
        var model = _folder.Write("a.model", Canary);
        _folder.Write("data/a.jsonl", """{"text": "Good morning", "label": 0}""");
        Fails(TrainingRun.Of("evaluate", "--data", _folder.Combine("data"), "--model", model), "Not a LockLLM model file.");
    }

    public void Dispose() => _folder.Dispose();

    private void FailsOn(string command, string line)
    {
        _folder.Write("data/a.jsonl", """{"text": "Good morning", "label": 0}""", line);
        Fails(Run(command, _folder.Combine("data")), "a.jsonl, line 2: expected an object with \"text\" and a \"label\" of 0 or 1.");
    }

    private TrainingRun Run(string command, string data) => TrainingRun.Of(
        command == "train" ? [command, "--data", data, "--out", _folder.Combine("out")] : [command, "--data", data]);

    private static void Fails(TrainingRun run, string sentence)
    {
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith(sentence, run.Errors.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, run.Errors + run.Output, StringComparison.Ordinal);
    }
}
