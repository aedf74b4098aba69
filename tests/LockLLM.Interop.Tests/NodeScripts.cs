using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LockLLM.Interop.Tests;

/// <summary>Runs the scripts beside the tests, and installs their packages first if that was not done yet.</summary>
internal static class NodeScripts
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static readonly SemaphoreSlim s_installing = new(1);

    /// <summary>Once, however many classes of tests begin together.</summary>
    public static async Task InstallAsync()
    {
        await s_installing.WaitAsync();
        try
        {
            // Written when npm is done, so that an interrupted installation is repeated.
            if (!File.Exists(Path.Combine(Folder(), "node_modules", ".package-lock.json")))
            {
                await RunAsync("npm", "ci", "--ignore-scripts");
            }
        }
        finally
        {
            s_installing.Release();
        }
    }

    public static async Task<JsonElement> RunAsync(string script, object call) =>
        JsonDocument.Parse(await RunAsync("node", script, JsonSerializer.Serialize(call, JsonSerializerOptions.Web))).RootElement;

    /// <summary>Of a file beside the scripts, such as one of a package.</summary>
    public static string PathOf(string file) => Path.Combine(Folder(), file);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder(),
        })!;
        using var patience = new CancellationTokenSource(s_patience);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{program} {arguments[0]} ended with {process.ExitCode}:\n{await errors}");
        return output;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "scripts");
}
