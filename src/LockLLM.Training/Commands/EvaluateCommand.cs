using System.CommandLine;
using LockLLM.Engine;
using LockLLM.Training.Corpora;
using LockLLM.Training.Evaluation;

namespace LockLLM.Training.Commands;

/// <summary><c>evaluate</c>: scores labelled texts with the shipped engine and its thresholds.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var data = new Option<string[]>("--data") { Description = "Labelled .jsonl or .jsonl.gz files, or folders of them.", Required = true, AllowMultipleArgumentsPerToken = true };
        var json = new Option<FileInfo>("--json") { Description = "File that the figures are also written to, as JSON." };
        var model = new Option<FileInfo>("--model") { Description = "Model file to measure in the place of the shipped one." };
        var split = new Option<string>("--split") { Description = "Only rows of this split, such as dev." };
        var disguises = new Option<bool>("--disguises") { Description = "Also measure what each disguise costs: encodings, character tricks, ciphers. Takes minutes." };
        var pictures = new Option<DirectoryInfo>("--pictures") { Description = "Folder that roc.svg and calibration.svg are written to; made if it does not exist." };
        var command = new Command("evaluate", "Measures the detector on labelled texts.") { data, json, model, split, disguises, pictures };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(ConsoleRun.Guard(() => Run(
            arguments.GetValue(data)!, arguments.GetValue(json), arguments.GetValue(pictures), arguments.GetValue(model), arguments.GetValue(split), arguments.GetValue(disguises), cancellationToken))));
        return command;
    }

    private static void Run(string[] data, FileInfo? json, DirectoryInfo? pictures, FileInfo? model, string? split, bool disguises, CancellationToken cancellationToken)
    {
        var scanner = LoadScanner(model);
        var evaluator = new Evaluator(scanner);
        evaluator.WarmUp();
        var files = CorpusReader.FindFiles(data, recursive: false);
        var texts = new List<ScoredText>();
        var rows = new List<CorpusRow>();
        var progress = new Progress(Console.Error, TimeProvider.System);
        progress.Begin("Scanning");
        for (var i = 0; i < files.Count; i++)
        {
            foreach (var row in CorpusReader.Read(files[i]))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (split is null || row.Split == split)
                {
                    texts.Add(evaluator.Scan(row));
                    if (disguises)
                    {
                        rows.Add(row);
                    }
                }
            }

            progress.Report((i + 1.0) / files.Count);
        }

        progress.End($"{texts.Count} texts");
        if (texts.Count == 0)
        {
            throw new CorpusException("No text to measure on.");
        }

        var report = EvaluationReport.Of(texts, $"{scanner.ModelName}, sha256 {scanner.ModelChecksum}");
        report.Print(Console.Out);
        if (disguises)
        {
            var disguiseReport = new DisguiseReport(evaluator, Sensitivity.Medium);
            report = report with { Disguises = disguiseReport.Measure(rows, progress, cancellationToken) };
            disguiseReport.Print(report.Disguises, Console.Out);
        }

        if (pictures is not null)
        {
            pictures.Create();
            File.WriteAllText(Path.Combine(pictures.FullName, "roc.svg"), Pictures.Roc(texts));
            File.WriteAllText(Path.Combine(pictures.FullName, "calibration.svg"), Pictures.Calibration(report.Calibration));
        }

        if (json is not null)
        {
            File.WriteAllText(json.FullName, report.ToJson());
        }
    }

    public static PromptScanner LoadScanner(FileInfo? model)
    {
        if (model is null)
        {
            return new PromptScanner();
        }

        using var stream = model.OpenRead();
        return new PromptScanner(stream);
    }
}
