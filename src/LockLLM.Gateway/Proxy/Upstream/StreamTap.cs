using System.Buffers;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>
/// Stands between the provider's bytes and the caller's. Says how much of what arrived may go on, changes nothing, and reads
/// the token counts in passing. Events go on whole; anything else goes on as it comes.
/// </summary>
internal sealed class StreamTap(bool isEvents) : IDisposable
{
    private const int FirstBytes = 8 * 1024;

    // An event longer than this is passed on in pieces.
    private const int MaxEventBytes = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _filled;
    private bool _isWhole = isEvents;

    /// <summary>Where the provider's next bytes are to be put.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_filled == _buffer.Length)
            {
                Grow();
            }

            return _buffer.AsMemory(_filled);
        }
    }

    /// <summary>Whether all that went on ends with a whole event, so that another may follow.</summary>
    public bool IsAtEvent => _isWhole;

    /// <summary>What has arrived and not gone on; sent at the end of the stream.</summary>
    public ReadOnlyMemory<byte> Held => _buffer.AsMemory(0, _filled);

    public TokenUsage Usage { get; private set; }

    /// <summary>Takes note of bytes put into <see cref="Free"/>; returns those that may go on now.</summary>
    public ReadOnlyMemory<byte> Arrived(int bytes)
    {
        var searched = _filled;
        _filled += bytes;
        if (!_isWhole)
        {
            return Held;
        }

        var whole = SseFrames.WholeLength(_buffer.AsSpan(0, _filled), searched);
        if (whole == 0 && _filled > MaxEventBytes)
        {
            _isWhole = false;
            return Held;
        }

        if (whole > 0)
        {
            Read(_buffer.AsSpan(0, whole));
        }

        return _buffer.AsMemory(0, whole);
    }

    /// <summary>The first <paramref name="bytes"/> have gone on.</summary>
    public void Sent(int bytes)
    {
        _filled -= bytes;
        if (_filled > 0)
        {
            _buffer.AsSpan(bytes, _filled).CopyTo(_buffer);
        }
    }

    public void Read(ReadOnlySpan<byte> json) => Usage = Usage.With(TokenUsage.Find(json));

    public void Dispose()
    {
        // Answers hold what models said to one caller; the pool serves all of them.
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = [];
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }
}
