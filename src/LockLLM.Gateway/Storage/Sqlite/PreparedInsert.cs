using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace LockLLM.Gateway.Storage.Sqlite;

/// <summary>
/// Rows of one entity by one prepared statement, columns as the model has them. Tracking each row, building its command and
/// finding its parameters by name costs several times the insert itself, which counts for what is written once a request.
/// </summary>
/// <param name="sql">With one parameter for each column.</param>
/// <param name="columns">Each binds its value of a row to the parameter of a number.</param>
internal sealed class PreparedInsert<T>(string sql, Func<sqlite3_stmt, int, T, int>[] columns)
    where T : class
{
    private static readonly ConcurrentDictionary<IModel, PreparedInsert<T>> s_ofModel = new();

    public static PreparedInsert<T> Of(DbContext context) => s_ofModel.GetOrAdd(context.Model, static model =>
    {
        var entity = model.FindEntityType(typeof(T))!;
        var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
        var properties = entity.GetProperties().ToArray();
        var names = string.Join(", ", properties.Select(property => $"\"{property.GetColumnName(table)}\""));
        return new PreparedInsert<T>(
            $"INSERT INTO \"{table.Name}\" ({names}) VALUES ({string.Join(", ", properties.Select(static _ => "?"))})",
            Array.ConvertAll(properties, Column));
    });

    /// <summary>Within the transaction of the context, if it has one.</summary>
    /// <exception cref="SqliteException">A row was refused, or the database could not take it.</exception>
    public void Run(DbContext context, IReadOnlyList<T> rows, CancellationToken cancellationToken)
    {
        var database = ((SqliteConnection)context.Database.GetDbConnection()).Handle!;
        Check(raw.sqlite3_prepare_v2(database, sql, out var statement), database);
        using (statement)
        {
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < columns.Length; i++)
                {
                    Check(columns[i](statement, i + 1, row), database);
                }

                Check(raw.sqlite3_step(statement), database);
                Check(raw.sqlite3_reset(statement), database);
                Check(raw.sqlite3_clear_bindings(statement), database);
            }
        }
    }

    // Read as an object, each number would be made one. Null is what a parameter is that nothing was bound to.
    private static Func<sqlite3_stmt, int, T, int> Column(IProperty property)
    {
        var converter = property.GetTypeMapping().Converter;
        var getter = property.GetGetter();
        return Typed<string?>(property, static (statement, index, text) => text is null ? raw.SQLITE_OK : raw.sqlite3_bind_text(statement, index, text))
            ?? Typed<int>(property, static (statement, index, number) => raw.sqlite3_bind_int(statement, index, number))
            ?? Typed<int?>(property, static (statement, index, number) => number is { } value ? raw.sqlite3_bind_int(statement, index, value) : raw.SQLITE_OK)
            ?? Typed<long?>(property, static (statement, index, number) => number is { } value ? raw.sqlite3_bind_int64(statement, index, value) : raw.SQLITE_OK)
            ?? Typed<double>(property, static (statement, index, number) => raw.sqlite3_bind_double(statement, index, number))
            ?? Typed<double?>(property, static (statement, index, number) => number is { } value ? raw.sqlite3_bind_double(statement, index, value) : raw.SQLITE_OK)
            ?? ((statement, index, row) => getter.GetClrValue(row) is { } value ? Bind(statement, index, converter is null ? value : converter.ConvertToProvider(value)) : raw.SQLITE_OK);
    }

    private static Func<sqlite3_stmt, int, T, int>? Typed<TValue>(IProperty property, Func<sqlite3_stmt, int, TValue, int> bind) =>
        property.ClrType == typeof(TValue) && property.GetTypeMapping().Converter is null && property.PropertyInfo?.GetMethod?.CreateDelegate<Func<T, TValue>>() is { } read
            ? (statement, index, row) => bind(statement, index, read(row))
            : null;

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.SQLITE_OK,
        string text => raw.sqlite3_bind_text(statement, index, text),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int(statement, index, number),
        double number => raw.sqlite3_bind_double(statement, index, number),
        bool flag => raw.sqlite3_bind_int(statement, index, flag ? 1 : 0),
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
