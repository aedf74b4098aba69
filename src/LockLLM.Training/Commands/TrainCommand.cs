using System.CommandLine;
using LockLLM.Engine.Models;
using LockLLM.Training.Corpora;
using LockLLM.Training.Learning;

namespace LockLLM.Training.Commands;

/// <summary><c>train</c>: corpus in, model file out.</summary>
internal static class TrainCommand
{
    public const string ModelFileName = "injection.model";

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder of labelled .jsonl and .jsonl.gz files; its subfolders count too.", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = $"Folder that {ModelFileName} is written to; made if it does not exist.", Required = true };
        var seed = new Option<int>("--seed") { Description = "Seed of everything random. The same seed and corpus give the same file.", DefaultValueFactory = static _ => LearnerSettings.DefaultSeed };
        var scores = new Option<FileInfo?>("--scores") { Description = "File for a table of what each text scores under a model that never saw its sources; without texts." };
        var command = new Command("train", "Builds the model file from a corpus.") { data, output, seed, scores };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(ConsoleRun.Guard(() =>
            Run(arguments.GetValue(data)!.FullName, arguments.GetValue(output)!.FullName, arguments.GetValue(seed), arguments.GetValue(scores)?.FullName, cancellationToken))));
        return command;
    }

    private static void Run(string data, string output, int seed, string? scores, CancellationToken cancellationToken)
    {
        var progress = new Progress(Console.Error, TimeProvider.System);
        var rows = TrainingCorpus.Read(data, progress, cancellationToken);
        var model = new ModelBuilder(progress, Console.Out, seed).Build(rows, scores, cancellationToken);

        Directory.CreateDirectory(output);
        var file = Path.Combine(output, ModelFileName);
        using (var stream = File.Create(file))
        {
            ModelFile.Write(stream, model);
        }

        using var written = File.OpenRead(file);
        Console.WriteLine($"{file}: {written.Length / 1e6:F1} MB, sha256 {ModelFile.Read(written).Checksum}");
    }
}
