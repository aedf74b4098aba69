using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)] // the console belongs to all

namespace LockLLM.Training.Tests;

/// <summary>One run of the program in this process, with what it printed.</summary>
internal sealed record TrainingRun(int ExitCode, string Output, string Errors)
{
    public static TrainingRun Of(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using StringWriter printed = new(), complained = new();
        Console.SetOut(printed);
        Console.SetError(complained);
        try
        {
            return new TrainingRun(CommandLine.Create().Parse(arguments).Invoke(), printed.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
