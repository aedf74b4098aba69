using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// Asks a command for the master key, such as the client of a key management service. The shell runs it; its errors go
/// where the gateway's go, its output nowhere else.
/// </summary>
internal static class MasterKeyCommand
{
    private const int LongestOutput = 4096;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<string> RunAsync(string command, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            // It has nobody to ask.
            process.StandardInput.Close();
            var buffer = new char[LongestOutput + 1];
            var length = await process.StandardOutput.ReadBlockAsync(buffer, patience.Token);
            if (length > LongestOutput)
            {
                throw new StartupRefusal("LockLLM:MasterKeyCommand printed more than a key. Let it print 32 bytes in base64 and nothing else.");
            }

            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode != 0)
            {
                throw new StartupRefusal($"LockLLM:MasterKeyCommand ended with {process.ExitCode}. Run it by hand as the gateway's user to see why.");
            }

            var text = new string(buffer, 0, length);
            Array.Clear(buffer);
            return text;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartupRefusal($"LockLLM:MasterKeyCommand did not end within {s_patience.TotalSeconds} seconds.");
        }
        finally
        {
            Kill(process);
        }
    }

    private static Process Start(string command)
    {
        var (shell, flag) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        var start = new ProcessStartInfo(shell, [flag, command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.ASCII,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failed)
        {
            throw new StartupRefusal($"LockLLM:MasterKeyCommand cannot be run: {failed.Message}");
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failed) when (failed is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended, or ends at this moment.
        }
    }
}
