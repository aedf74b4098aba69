using System.Text;

namespace LockLLM.Client;

/// <summary>
/// The body of a proxied answer. Bytes pass as they came; a connection that breaks or stalls, and an error event of the
/// gateway in the midst of a stream of events, become our exceptions.
/// </summary>
internal sealed class GuardedStream : Stream
{
    private const int MaxLine = 256 << 10;

    private readonly Stream _inner;
    private readonly bool _isEvents;
    private readonly LockLlmProxyClientOptions _options;
    private readonly RetryPolicy _retries;
    private readonly string _requestId;
    private readonly byte[] _chunk;
    private readonly MemoryStream _line = new();
    private readonly MemoryStream _ready = new();
    private LockLlmException? _error;
    private bool _ended;

    public GuardedStream(Stream inner, bool isEvents, LockLlmProxyClientOptions options, RetryPolicy retries, string requestId)
    {
        _inner = inner;
        _isEvents = isEvents;
        _options = options;
        _retries = retries;
        _requestId = requestId;
        _chunk = isEvents ? new byte[16 << 10] : [];
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isEvents)
        {
            return await FillAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        while (!HasSomething(buffer.Length))
        {
            Take(await FillAsync(_chunk, cancellationToken).ConfigureAwait(false));
        }

        return Give(buffer.Span);
    }

    public override int Read(Span<byte> buffer)
    {
        if (!_isEvents)
        {
            return Fill(buffer);
        }

        while (!HasSomething(buffer.Length))
        {
            Take(Fill(_chunk));
        }

        return Give(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool HasSomething(int wanted) => wanted == 0 || _ready.Length > _ready.Position || _error is not null || _ended;

    private int Give(Span<byte> buffer)
    {
        var given = _ready.Read(buffer);
        if (given > 0 || buffer.IsEmpty)
        {
            return given;
        }

        return _error is null ? 0 : throw _error;
    }

    // Lines are handed on once they are whole, so that an error event can be told before any of it is.
    private void Take(int count)
    {
        _ready.SetLength(0);
        if (count == 0)
        {
            _ended = true;
            EndLine();
            return;
        }

        var rest = _chunk.AsSpan(0, count);
        while (!rest.IsEmpty && _error is null)
        {
            var length = rest.IndexOfAny((byte)'\n', (byte)'\r') + 1;
            _line.Write(length == 0 ? rest : rest[..length]);
            rest = length == 0 ? [] : rest[length..];
            if (length > 0 || _line.Length > MaxLine)
            {
                EndLine();
            }
        }

        _ready.Position = 0;
    }

    private void EndLine()
    {
        var line = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        if (line.StartsWith("data:"u8) && line.IndexOf("\"error\""u8) >= 0
            && TolerantJson.ParseObject(line["data:"u8.Length..].Trim(" \r\n"u8)) is { } root && ErrorReader.IsOurs(root))
        {
            _error = ErrorReader.Read(root.Object("error")!.Value.Integer("status") ?? 200, root, _requestId, null, _options.ApiKey);
        }
        else
        {
            _ready.Write(line);
        }

        _line.SetLength(0);
        if (_ended)
        {
            _ready.Position = 0;
        }
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.Timeout);
        try
        {
            return await _inner.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException || RetryPolicy.IsTransport(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _retries.NoAnswer(failure is OperationCanceledException ? TooLate(failure) : failure, 1, _requestId);
        }
    }

    private int Fill(Span<byte> buffer)
    {
        // A synchronous read takes no token. What ends it is that the stream is closed under it.
        using var patience = new CancellationTokenSource(_options.Timeout);
        using var closing = patience.Token.UnsafeRegister(static stream => ((Stream)stream!).Dispose(), _inner);
        try
        {
            var count = _inner.Read(buffer);
            return patience.IsCancellationRequested ? throw new TimeoutException() : count;
        }
        catch (Exception failure) when (patience.IsCancellationRequested)
        {
            throw _retries.NoAnswer(TooLate(failure), 1, _requestId);
        }
        catch (Exception failure) when (RetryPolicy.IsTransport(failure))
        {
            throw _retries.NoAnswer(failure, 1, _requestId);
        }
    }

    private TimeoutException TooLate(Exception cause) => new($"No bytes within {_options.Timeout}.", cause);
}
