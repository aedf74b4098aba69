using System.Runtime.CompilerServices;

namespace LockLLM.Gateway.Tests;

/// <summary>
/// Compares an answer with the one that was looked at and committed under Approved. With LOCKLLM_APPROVE=1 it writes
/// the file instead; the diff is then the thing to review.
/// </summary>
internal static class ApprovedFile
{
    public static void Match(string name, string actual, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Root(test), "Approved", name);
        actual = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
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
}
