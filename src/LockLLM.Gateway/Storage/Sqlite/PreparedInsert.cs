using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace LockLLM.Gateway.Storage.Sqlite;

/// <summary>
/// Rows of one entity by one prepared statement, columns as the model has them. Tracking each row, building its command and
/// finding its parameters by name costs several times the insert itself, which counts for what is written once a request.
/// </summary>
internal static class PreparedInsert
{
    /// <summary>Within the transaction of the context, if it has one.</summary>
    /// <exception cref="SqliteException">A row was refused, or the database could not take it.</exception>
    public static void Run<T>(DbContext context, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        var entity = context.Model.FindEntityType(typeof(T))!;
        var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
        var columns = entity.GetProperties().Select(static column => (Getter: column.GetGetter(), column.GetTypeMapping().Converter, Column: column)).ToArray();
        var names = columns.Select(column => $"\"{column.Column.GetColumnName(table)}\"");
        var database = ((SqliteConnection)context.Database.GetDbConnection()).Handle!;
        Check(raw.sqlite3_prepare_v2(database, $"INSERT INTO \"{table.Name}\" ({string.Join(", ", names)}) VALUES ({string.Join(", ", columns.Select(static _ => "?"))})", out var statement), database);
        using (statement)
        {
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < columns.Length; i++)
                {
                    var (getter, converter, _) = columns[i];
                    var value = getter.GetClrValue(row);
                    Check(Bind(statement, i + 1, converter is null || value is null ? value : converter.ConvertToProvider(value)), database);
                }

                Check(raw.sqlite3_step(statement), database);
                Check(raw.sqlite3_reset(statement), database);
            }
        }
    }

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        string text => raw.sqlite3_bind_text(statement, index, text),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, index, number),
        byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
        _ => throw new NotSupportedException($"No column of {value.GetType()} is written this way."),
    };

    private static void Check(int result, sqlite3 database)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
    }
}
