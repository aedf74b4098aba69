using System.Data.Common;
using LockLLM.Gateway.Errors;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// The door to the database. Reads take a context for themselves; changes stand in line, each in a transaction of its own
/// that is committed whole or not at all.
/// </summary>
internal sealed class GatewayDatabase(Func<GatewayDbContext> createContext, DatabaseOptions options) : IDisposable
{
    // SQLite has one writer. Waiting here is fair and cheap; waiting for its file lock is neither.
    private readonly SemaphoreSlim? _oneWriter = options.Provider == DatabaseProvider.Sqlite ? new SemaphoreSlim(1) : null;

    public DatabaseProvider Provider => options.Provider;

    public GatewayDbContext CreateContext() => createContext();

    public async Task<T> ReadAsync<T>(Func<GatewayDbContext, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = createContext();
            context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
            return await read(context, cancellationToken);
        }
        catch (Exception failed) when (IsOutage(failed) && !cancellationToken.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException(failed);
        }
    }

    /// <summary>Commits if <paramref name="change"/> gives a value, and nothing if it gives an error.</summary>
    public async Task<Outcome<T>> ChangeAsync<T>(Func<GatewayDbContext, CancellationToken, Task<Outcome<T>>> change, CancellationToken cancellationToken)
    {
        if (_oneWriter is not null)
        {
            await _oneWriter.WaitAsync(cancellationToken);
        }

        try
        {
            await using var context = createContext();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var outcome = await change(context, cancellationToken);
            if (outcome.Error is null)
            {
                await context.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            return outcome;
        }
        catch (Exception failed) when (IsOutage(failed) && !cancellationToken.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException(failed);
        }
        finally
        {
            _oneWriter?.Release();
        }
    }

    public void Dispose() => _oneWriter?.Dispose();

    /// <summary>Whether the fault lies with the database rather than with what was asked of it.</summary>
    public static bool IsOutage(Exception fault) => fault switch
    {
        DbUpdateException { InnerException: { } inner } => IsOutage(inner),
        InvalidOperationException { InnerException: DbException inner } => IsOutage(inner),
        Npgsql.PostgresException refused => refused.IsTransient || refused.SqlState is ['5', '7', ..] or ['5', '3', ..] or ['0', '8', ..] or "3D000" or "28P01" or "28000",
        Npgsql.NpgsqlException => true,
        // Busy, locked, out of memory, read-only, input or output failed, damaged, full, cannot open.
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 5 or 6 or 7 or 8 or 10 or 11 or 13 or 14 or 26 } => true,
        System.Net.Sockets.SocketException or TimeoutException => true,
        _ => false,
    };
}
