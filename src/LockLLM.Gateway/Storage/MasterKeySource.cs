using System.Text;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Storage;

/// <summary>Where the master key comes from: a setting, a file that a setting names, or the file that a first start makes.</summary>
internal sealed class MasterKeySource(string? value, string? file, string directory)
{
    public const string FileName = "master.key";

    /// <summary>The file that a first start makes.</summary>
    public string OwnFile { get; } = Path.Combine(directory, FileName);

    /// <summary>Null where none is configured and none was made yet.</summary>
    public MasterKey? Read()
    {
        if (value is { Length: > 0 } && file is { Length: > 0 })
        {
            throw new StartupRefusal("LockLLM:MasterKey and LockLLM:MasterKeyFile are both set. Keep one of them.");
        }

        if (value is { Length: > 0 })
        {
            return MasterKey.Parse(value, "LockLLM:MasterKey");
        }

        if (file is { Length: > 0 })
        {
            return MasterKey.Parse(ReadFile(file), $"The file {file} of LockLLM:MasterKeyFile");
        }

        return File.Exists(OwnFile) ? MasterKey.Parse(File.ReadAllText(OwnFile), OwnFile) : null;
    }

    /// <summary>Makes a key for a new installation.</summary>
    public MasterKey Generate()
    {
        var generated = MasterKey.Generate();
        return PrivateFile.TryCreate(OwnFile, Encoding.ASCII.GetBytes(generated.ToBase64() + "\n")) ? generated : Read()!;
    }

    /// <summary>Whether the key lies in the file that a first start makes, so that a rotation can replace it there.</summary>
    public bool IsOwnFile => string.IsNullOrEmpty(value) && string.IsNullOrEmpty(file);

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

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
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
