using LockLLM.Training.Corpora;

namespace LockLLM.Training.Commands;

/// <summary>What every command does about mistakes and Ctrl+C: one sentence and an exit code, no stack trace.</summary>
internal static class ConsoleRun
{
    private const int Mistake = 2;
    private const int Cancelled = 130;

    public static int Guard(Action run)
    {
        try
        {
            run();
            return 0;
        }
        catch (Exception failed) when (Cause(failed) is CorpusException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(Cause(failed).Message);
            return Mistake;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Cancelled.");
            return Cancelled;
        }
    }

    /// <summary>Parallel queries wrap what their threads throw; the first of it is enough to say.</summary>
    private static Exception Cause(Exception failed) => failed is AggregateException { InnerException: { } first } ? first : failed;
}
