using System.Text;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Hosting;

/// <summary>
/// Opens the installation: data folder, master key, API keys. The first start creates what is missing and says so on the
/// console; a later start with a part missing is refused, since a new master key would lock every caller out.
/// </summary>
internal static class FirstRun
{
    public const string MasterKeyFileName = "master.key";

    public static ApiKeyStore Open(GatewayOptions options, string? addresses, TimeProvider clock, TextWriter console)
    {
        var directory = options.ResolveDataDirectory();
        try
        {
            PrivateFile.CreateDirectory(directory);
            var masterKey = OpenMasterKey(options, directory, console);
            var keys = ApiKeyStore.Open(directory, masterKey, clock);
            AddFirstKey(keys, options.Bootstrap.ApiKey, addresses, console);
            return keys;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"The data folder {directory} cannot be used: {failed.Message} Set LockLLM:DataDirectory to a folder that this user can write.");
        }
    }

    private static string ReadMasterKeyFile(string file)
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

    private static MasterKey OpenMasterKey(GatewayOptions options, string directory, TextWriter console)
    {
        if (options is { MasterKey.Length: > 0, MasterKeyFile.Length: > 0 })
        {
            throw new StartupRefusal("LockLLM:MasterKey and LockLLM:MasterKeyFile are both set. Keep one of them.");
        }

        if (options.MasterKey is { Length: > 0 } value)
        {
            return MasterKey.Parse(value, "LockLLM:MasterKey");
        }

        if (options.MasterKeyFile is { Length: > 0 } file)
        {
            return MasterKey.Parse(ReadMasterKeyFile(file), $"The file {file} of LockLLM:MasterKeyFile");
        }

        var own = Path.Combine(directory, MasterKeyFileName);
        if (!File.Exists(own))
        {
            if (File.Exists(Path.Combine(directory, ApiKeyStore.FileName)))
            {
                throw new StartupRefusal($"{directory} holds API keys but the master key is missing. Restore {own}, or set LockLLM:MasterKey or LockLLM:MasterKeyFile.");
            }

            if (PrivateFile.TryCreate(own, Encoding.ASCII.GetBytes(MasterKey.Generate().ToBase64() + "\n")))
            {
                console.WriteLine($"Created the master key {own}. Keep a copy of it in a safe place.");
            }
        }

        return MasterKey.Parse(File.ReadAllText(own), own);
    }

    private static void AddFirstKey(ApiKeyStore keys, string? given, string? addresses, TextWriter console)
    {
        if (!string.IsNullOrEmpty(given))
        {
            if (ApiKeyFormat.Problem(given) is { } problem)
            {
                throw new StartupRefusal($"LockLLM:Bootstrap:ApiKey {problem}.");
            }

            keys.Add("bootstrap", given);
            if (given.Length == ApiKeyFormat.Length && !ApiKeyFormat.HasValidChecksum(given))
            {
                console.WriteLine("LockLLM:Bootstrap:ApiKey has the length of a generated key but not its checksum. If it was copied, it was copied wrong.");
            }

            return;
        }

        if (keys.IsEmpty)
        {
            var key = keys.Create("first");
            console.WriteLine($$"""

                Your API key, shown this once:

                    {{key}}

                Try it:

                    curl {{CallableAddress(addresses)}}/v1/scan -H "Authorization: Bearer {{key}}" -H "Content-Type: application/json" -d '{"input":"How do I descale a kettle?"}'

                """);
        }
    }

    // The first address a person on this machine can call.
    private static string CallableAddress(string? addresses)
    {
        var first = (string.IsNullOrWhiteSpace(addresses) ? Server.DefaultAddress : addresses).Split(';')[0].TrimEnd('/');
        foreach (var any in (string[])["//0.0.0.0", "//[::]", "//*", "//+"])
        {
            first = first.Replace(any, "//127.0.0.1", StringComparison.Ordinal);
        }

        return first;
    }
}
