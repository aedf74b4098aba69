using System.CommandLine;
using LockLLM.Training.Commands;

namespace LockLLM.Training;

/// <summary>The commands of this program.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Builds and measures LockLLM's attack detector.")
    {
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        CrossValidateCommand.Create(),
    };
}
