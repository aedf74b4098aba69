using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Identity;

/// <summary>
/// The API keys of this installation: a small file, held in memory whole. Requests read an immutable snapshot;
/// a key counts only once it is on disk.
/// </summary>
internal sealed class ApiKeyStore
{
    public const string FileName = "api-keys.json";

    private readonly string _path;
    private readonly byte[] _pepper;
    private readonly byte[] _masterKeyCheck;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private FrozenDictionary<KeyVerifier, ApiKey> _keys = FrozenDictionary<KeyVerifier, ApiKey>.Empty;
    private bool _isOnDisk;

    private ApiKeyStore(string dataDirectory, MasterKey masterKey, TimeProvider clock)
    {
        _path = Path.Combine(dataDirectory, FileName);
        _pepper = masterKey.Derive("api key verifiers");
        _masterKeyCheck = masterKey.Derive("master key check");
        _clock = clock;
    }

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>A file that cannot be read is never overwritten: it may be the only record of who may call.</summary>
    public static ApiKeyStore Open(string dataDirectory, MasterKey masterKey, TimeProvider clock)
    {
        var store = new ApiKeyStore(dataDirectory, masterKey, clock);
        store.Load();
        return store;
    }

    public ApiKey? Find(ReadOnlySpan<char> key) => _keys.GetValueOrDefault(KeyVerifier.Of(key, _pepper));

    /// <summary>Makes a key and returns it, for the only time.</summary>
    public string Create(string name)
    {
        var key = ApiKeyFormat.Generate();
        Add(name, key);
        return key;
    }

    /// <summary>False when the key is there already.</summary>
    public bool Add(string name, string key)
    {
        lock (_writing)
        {
            var verifier = KeyVerifier.Of(key, _pepper);
            if (_keys.ContainsKey(verifier))
            {
                return false;
            }

            var added = new ApiKey
            {
                Id = "key_" + RandomNumberGenerator.GetHexString(16, lowercase: true),
                Name = name,
                Verifier = ((ReadOnlySpan<byte>)verifier).ToArray(),
                Last4 = key[^4..],
                CreatedAt = _clock.GetUtcNow(),
            };
            Save([.. _keys.Values, added]);
            return true;
        }
    }

    private void Load()
    {
        if (!File.Exists(_path))
        {
            return;
        }

        ApiKeyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(_path), ApiKeyJson.Default.ApiKeyFile);
        }
        catch (JsonException)
        {
            throw Damaged();
        }

        if (file is not { Version: ApiKeyFile.CurrentVersion } || file.Keys.Any(key => key.Verifier.Length != KeyVerifier.Size))
        {
            throw Damaged();
        }

        if (!CryptographicOperations.FixedTimeEquals(file.MasterKeyCheck, _masterKeyCheck))
        {
            throw new StartupRefusal(
                $"The master key is not the one that {_path} was written under, so no API key would be accepted. "
                + "Set LockLLM:MasterKey or LockLLM:MasterKeyFile to the former key.");
        }

        _keys = Index(file.Keys);
        _isOnDisk = true;
    }

    private void Save(IReadOnlyList<ApiKey> keys)
    {
        var file = new ApiKeyFile { Version = ApiKeyFile.CurrentVersion, MasterKeyCheck = _masterKeyCheck, Keys = keys };
        var content = JsonSerializer.SerializeToUtf8Bytes(file, ApiKeyJson.Default.ApiKeyFile);
        if (_isOnDisk)
        {
            PrivateFile.Replace(_path, content);
        }
        else if (!PrivateFile.TryCreate(_path, content))
        {
            throw new StartupRefusal($"Another gateway wrote {_path} at this moment. Give each gateway its own LockLLM:DataDirectory, or start this one again.");
        }

        _keys = Index(keys);
        _isOnDisk = true;
    }

    private StartupRefusal Damaged() => new(
        $"{_path} is damaged or from a newer version, and is left as it is. Restore it from a backup, or move it away to begin with no API keys.");

    private static FrozenDictionary<KeyVerifier, ApiKey> Index(IEnumerable<ApiKey> keys) =>
        keys.ToFrozenDictionary(key => MemoryMarshal.Read<KeyVerifier>(key.Verifier));
}
