using LockLLM.Gateway.Errors;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// Lets one gateway at a time prepare a database, however many start at once. The lock ends with its holder, killed or not:
/// PostgreSQL's belongs to the connection, SQLite's is a file held open beside the database.
/// </summary>
internal sealed class StartLock : IAsyncDisposable
{
    // Any number that no other user of the database takes for the same purpose.
    private const long AdvisoryKey = 0x4C6F636B4C4C4D31;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly IAsyncDisposable _held;

    private StartLock(IAsyncDisposable held) => _held = held;

    public static async Task<StartLock> TakeAsync(GatewayDatabase database, SqliteFile? file, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            return new StartLock(file is null ? await AdvisoryAsync(database, patience.Token) : await FileAsync(file.Path + ".lock", clock, patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartupRefusal("Another gateway has been preparing the database for two minutes. Stop it, or wait and start again.");
        }
    }

    public ValueTask DisposeAsync() => _held.DisposeAsync();

    private static async Task<IAsyncDisposable> AdvisoryAsync(GatewayDatabase database, CancellationToken cancellationToken)
    {
        var context = database.CreateContext();
        try
        {
            // The connection, and with it the lock, lasts until the context goes.
            await context.Database.OpenConnectionAsync(cancellationToken);
            context.Database.SetCommandTimeout(s_patience);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryKey})", cancellationToken);
            return new AdvisoryHold(context);
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    private static async Task<IAsyncDisposable> FileAsync(string path, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
            }
        }
    }

    private sealed class AdvisoryHold(GatewayDbContext context) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryKey})");
            await context.DisposeAsync();
        }
    }
}
