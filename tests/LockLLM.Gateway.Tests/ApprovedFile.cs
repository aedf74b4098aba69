using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace LockLLM.Gateway.Tests;

/// <summary>
/// Compares an answer with the one that was looked at and committed under Approved. With LOCKLLM_APPROVE=1 it writes
/// the file instead; the diff is then the thing to review. What is left of a limit differs from answer to answer and is masked.
/// </summary>
internal static partial class ApprovedFile
{
    public static void Match(string name, string actual, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Root(test), "Approved", name);
        actual = Limits().Replace(actual.ReplaceLineEndings("\n").TrimEnd() + "\n", "${name}#");
        if (Environment.GetEnvironmentVariable("LOCKLLM_APPROVE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"Approve {name} first: run this test with LOCKLLM_APPROVE=1 and read the file.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Root(string test)
    {
        var directory = Path.GetDirectoryName(test)!;
        while (Directory.GetFiles(directory, "*.csproj").Length == 0)
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }

    [GeneratedRegex("^(?<name>(X-)?RateLimit[^:\n]*: ).*$", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Limits();
}
