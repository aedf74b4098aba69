using System.Text;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Storage;

/// <summary>
/// Where the master key comes from: a setting, a file or the output of a command that a setting names, or the file that a
/// first start makes.
/// </summary>
internal sealed class MasterKeySource(string? value, string? file, string? command, string directory)
{
    public const string FileName = "master.key";

    /// <summary>The file that a first start makes.</summary>
    public string OwnFile { get; } = Path.Combine(directory, FileName);

    /// <summary>Whether the key lies in the file that a first start makes, so that a rotation can replace it there.</summary>
    public bool IsOwnFile => string.IsNullOrEmpty(value) && string.IsNullOrEmpty(file) && string.IsNullOrEmpty(command);

    /// <summary>Null where none is configured and none was made yet.</summary>
    public async Task<MasterKey?> ReadAsync(CancellationToken cancellationToken)
    {
        if (new[] { value, file, command }.Count(static source => source is { Length: > 0 }) > 1)
        {
            throw new StartupRefusal("Of LockLLM:MasterKey, LockLLM:MasterKeyFile and LockLLM:MasterKeyCommand more than one is set. Keep one of them.");
        }

        if (value is { Length: > 0 })
        {
            return MasterKey.Parse(value, "LockLLM:MasterKey");
        }

        if (file is { Length: > 0 })
        {
            return MasterKey.Parse(await ReadFileAsync(file, cancellationToken), $"The file {file} of LockLLM:MasterKeyFile");
        }

        return command is { Length: > 0 }
            ? MasterKey.Parse(await MasterKeyCommand.RunAsync(command, cancellationToken), "The output of LockLLM:MasterKeyCommand")
            : await ReadOwnAsync(cancellationToken);
    }

    /// <summary>Makes a key for a new installation.</summary>
    public async Task<MasterKey> GenerateAsync(CancellationToken cancellationToken)
    {
        var generated = MasterKey.Generate();
        return PrivateFile.TryCreate(OwnFile, Encoding.ASCII.GetBytes(generated.ToBase64() + "\n")) ? generated : (await ReadOwnAsync(cancellationToken))!;
    }

    /// <summary>Where a rotation of the own file keeps the new key until it takes over.</summary>
    public string NextFile => OwnFile + ".next";

    public void DropNext() => File.Delete(NextFile);

    public void Replace(MasterKey key) => PrivateFile.Replace(OwnFile, Encoding.ASCII.GetBytes(key.ToBase64() + "\n"));

    /// <summary>The key of a file for a rotation; made where there is no such file.</summary>
    public static MasterKey ReadOrGenerate(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFile.TryCreate(path, Encoding.ASCII.GetBytes(MasterKey.Generate().ToBase64() + "\n"));
        }

        return MasterKey.Parse(File.ReadAllText(path), path);
    }

    private async Task<MasterKey?> ReadOwnAsync(CancellationToken cancellationToken) =>
        File.Exists(OwnFile) ? MasterKey.Parse(await File.ReadAllTextAsync(OwnFile, cancellationToken), OwnFile) : null;

    private static async Task<string> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartupRefusal($"The file {file} of LockLLM:MasterKeyFile does not exist.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"The file {file} of LockLLM:MasterKeyFile cannot be read: {failed.Message}");
        }
    }
}
