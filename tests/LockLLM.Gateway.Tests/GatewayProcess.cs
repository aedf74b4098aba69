using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace LockLLM.Gateway.Tests;

/// <summary>The gateway as an operator runs it: its own process, a free port, what it prints.</summary>
internal sealed partial class GatewayProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isDisposed;

    private GatewayProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    public int ExitCode => _process.ExitCode;

    /// <summary>Both streams, in the order the lines came.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Returns once the gateway listens.</summary>
    public static Task<GatewayProcess> StartAsync(params string[] arguments) => StartAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Returns once the gateway listens.</summary>
    public static Task<GatewayProcess> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) => ListenAsync(Launch(arguments, environment));

    /// <summary>The one that was published to a folder. Returns once it listens.</summary>
    public static Task<GatewayProcess> StartPublishedAsync(string folder, params string[] arguments) => ListenAsync(Launch(arguments, folder: folder));

    private static async Task<GatewayProcess> ListenAsync(GatewayProcess gateway)
    {
        gateway.Address = await gateway._listening.Task.WaitAsync(s_patience);
        return gateway;
    }

    /// <summary>Returns once the gateway has ended by itself.</summary>
    public static async Task<GatewayProcess> RunToEndAsync(params string[] arguments)
    {
        var gateway = Launch(arguments);
        await gateway.WaitForEndAsync();
        return gateway;
    }

    /// <summary>Runs one of its commands; what it is given follows the name of the program and nothing else.</summary>
    public static async Task<GatewayProcess> RunCommandAsync(params string[] arguments)
    {
        var gateway = StartCommand(arguments);
        await gateway.WaitForEndAsync();
        return gateway;
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await WaitForEndAsync();
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static GatewayProcess Launch(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null) =>
        Start(["--urls", "http://127.0.0.1:0", .. arguments], environment, folder);

    /// <summary>Starts one of its commands and lets it run.</summary>
    public static GatewayProcess StartCommand(params string[] arguments) => Start(arguments, environment: null);

    private static GatewayProcess Start(string[] arguments, IReadOnlyDictionary<string, string>? environment, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(folder ?? AppContext.BaseDirectory, "LockLLM.Gateway.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var gateway = new GatewayProcess(new Process { StartInfo = start });
        gateway._process.OutputDataReceived += (_, line) => gateway.Read(line.Data);
        gateway._process.ErrorDataReceived += (_, line) => gateway.Read(line.Data);
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        return gateway;
    }

    private async Task WaitForEndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException("The gateway ended before it listened:\n" + Output));
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (http://[\w.:]+)")]
    private static partial Regex ListeningLine();
}
