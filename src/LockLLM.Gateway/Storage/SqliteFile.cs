using Microsoft.Data.Sqlite;

namespace LockLLM.Gateway.Storage;

/// <summary>Where the embedded database lies.</summary>
internal sealed class SqliteFile
{
    private const string FileName = "lockllm.db";

    public SqliteFile(string? connectionString, string dataDirectory)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString ?? "");
        Path = System.IO.Path.GetFullPath(builder.DataSource.Length > 0 ? builder.DataSource : FileName, dataDirectory);
        builder.DataSource = Path;
        builder.ForeignKeys = true;
        builder.DefaultTimeout = 10;
        ConnectionString = builder.ToString();
    }

    public string Path { get; }

    public string ConnectionString { get; }

    public bool Exists => File.Exists(Path);

    /// <summary>Made before SQLite would, which leaves reading to everybody; its companion files take the mode of this one.</summary>
    public void CreatePrivately()
    {
        PrivateFile.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        if (!File.Exists(Path))
        {
            PrivateFile.TryCreate(Path, []);
        }
    }
}
