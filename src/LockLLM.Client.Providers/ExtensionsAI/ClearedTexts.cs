using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LockLLM.Client.Providers;

/// <summary>
/// Which texts were found harmless, so that a conversation that is sent again with every turn is scanned once. Keeps keyed
/// hashes, not texts; forgets the oldest.
/// </summary>
internal sealed class ClearedTexts(int capacity)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<UInt128, byte> _known = new();
    private readonly ConcurrentQueue<UInt128> _order = new();

    public bool Contains(string text, TextContext context) => _known.ContainsKey(Hash(text, context));

    public void Add(string text, TextContext context)
    {
        var hash = Hash(text, context);
        if (_known.TryAdd(hash, 0))
        {
            _order.Enqueue(hash);
            while (_known.Count > capacity && _order.TryDequeue(out var oldest))
            {
                _known.TryRemove(oldest, out _);
            }
        }
    }

    private UInt128 Hash(string text, TextContext context)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData([(byte)context]);
        hmac.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        Span<byte> hash = stackalloc byte[32];
        hmac.GetHashAndReset(hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
