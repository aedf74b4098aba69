using LockLLM.Gateway.Errors;
using Microsoft.Data.Sqlite;

namespace LockLLM.Gateway.Storage;

/// <summary>A copy of the embedded database while gateways use it: whole, checked, readable by its owner only.</summary>
internal static class SqliteBackup
{
    public static async Task WriteAsync(SqliteFile file, string target, bool overwrite, CancellationToken cancellationToken)
    {
        if (File.Exists(target) && !overwrite)
        {
            throw new StartupRefusal($"{target} exists. Choose another name, or give --force to replace it.");
        }

        var beside = $"{target}.{Path.GetRandomFileName()}";
        try
        {
            PrivateFile.TryCreate(beside, []);
            // One statement and one read transaction: a state that was committed, whatever is written meanwhile.
            await using (var source = new SqliteConnection(file.ConnectionString))
            {
                await source.OpenAsync(cancellationToken);
                await using var copy = source.CreateCommand();
                copy.CommandText = "VACUUM INTO $target";
                copy.Parameters.AddWithValue("$target", beside);
                copy.CommandTimeout = 0;
                await copy.ExecuteNonQueryAsync(cancellationToken);
            }

            await CheckAsync(beside, cancellationToken);
            await using (var written = new FileStream(beside, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(beside, target, overwrite);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StartupRefusal($"The backup {target} could not be written: {failed.Message}");
        }
        finally
        {
            if (File.Exists(beside))
            {
                File.Delete(beside);
            }
        }
    }

    private static async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        await using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        await copy.OpenAsync(cancellationToken);
        await using var check = copy.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        if (await check.ExecuteScalarAsync(cancellationToken) is not "ok")
        {
            throw new StartupRefusal("The copy is damaged, which means that the database is. Restore an earlier backup.");
        }
    }
}
