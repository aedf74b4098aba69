using System.CommandLine;
using LockLLM.Training.Corpora;
using LockLLM.Training.Evaluation;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Commands;

/// <summary>
/// <c>crossvalidate</c>: trains without whole families of sources and measures on them, which tells how the detector
/// does on attacks of a kind it never saw.
/// </summary>
internal static class CrossValidateCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of labelled .jsonl and .jsonl.gz files; its subfolders count too.", Required = true };
        var folds = new Option<int>("--folds") { Description = "Models to train; each leaves out one share of the families.", DefaultValueFactory = static _ => FamilyFolds.DefaultCount };
        var command = new Command("crossvalidate", "Leaves whole families of sources out of training and measures on them.") { data, folds };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(ConsoleRun.Guard(() =>
            Run(arguments.GetValue(data)!.FullName, arguments.GetValue(folds), cancellationToken))));
        return command;
    }

    private static void Run(string data, int folds, CancellationToken cancellationToken)
    {
        var progress = new Progress(Console.Error, TimeProvider.System);
        var rows = TrainingCorpus.Read(data, progress, cancellationToken);
        var builder = new ModelBuilder(progress, Console.Out, LearnerSettings.DefaultSeed);
        var language = builder.LearnLanguage(rows, cancellationToken);
        var examples = builder.Canonicalize(rows, language, cancellationToken);
        var scores = builder.CrossValidate(examples, folds, language, cancellationToken);
        new UnseenSourcesReport(examples, scores, Calibrator.Calibrate(examples, scores)).Print(Console.Out);
    }
}
