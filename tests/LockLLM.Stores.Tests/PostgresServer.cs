using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(LockLLM.Stores.Tests.PostgresServer))]

namespace LockLLM.Stores.Tests;

/// <summary>A PostgreSQL of its own: Debian's package, on a free port, in a temporary folder, never as root.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string User = "postgres";

    private readonly string _bin = Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")).Where(static bin => File.Exists(Path.Combine(bin, "initdb"))).Max(StringComparer.Ordinal)!;
    private readonly int _port = FreePort();
    private string _folder = "";
    private Process? _process;

    public async ValueTask InitializeAsync()
    {
        _folder = (await RunAsync("mktemp", "-d", "/tmp/lockllm-postgres-XXXXXX")).Trim();
        await RunAsync(Path.Combine(_bin, "initdb"), "-D", _folder + "/data", "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await StartAsync();
    }

    public async Task StartAsync()
    {
        _process = Start(
            Path.Combine(_bin, "postgres"),
            "-D", _folder + "/data", "-p", _port.ToString(CultureInfo.InvariantCulture), "-k", _folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400");
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString(User) + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (tries < 1200 && !_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Every connection breaks, new ones are refused.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            using var stop = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await process.WaitForExitAsync(patience.Token);
            process.Dispose();
        }
    }

    /// <summary>Gives the connection string of a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        await using var connection = new NpgsqlConnection(ConnectionString(User) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name) + ";Maximum Pool Size=40;Connection Idle Lifetime=5;Connection Pruning Interval=1";
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync();
        await RunAsync("rm", "-rf", _folder);
    }

    private string ConnectionString(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username={User};Database={database}");

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    // PostgreSQL refuses to run as root. setpriv becomes the program it starts, so that signals reach it.
    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(
            Environment.IsPrivilegedProcess ? "setpriv" : program,
            Environment.IsPrivilegedProcess ? ["--reuid=" + User, "--regid=" + User, "--clear-groups", program, .. arguments] : arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
