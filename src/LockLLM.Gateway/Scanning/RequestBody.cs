using System.Buffers;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using Microsoft.Net.Http.Headers;

namespace LockLLM.Gateway.Scanning;

/// <summary>A request body in a pooled buffer, wiped when it is given back: the pool outlives the request.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 4096;

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>The same, to be sent on; not to be used once the body is disposed of.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Whether this is all of the body; otherwise it is longer than was allowed, and the request still holds the rest.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Why the body will not be read, judging by its headers alone.</summary>
    public static Error? Refuse(HttpRequest request, int maxBytes)
    {
        if (!IsJson(request.ContentType))
        {
            return RequestErrors.NotJson;
        }

        return RefuseCompressed(request) ?? (request.ContentLength > maxBytes ? RequestErrors.TooLarge(maxBytes) : null);
    }

    /// <summary>Why a compressed body goes nowhere: what is in it, only its reader would know.</summary>
    public static Error? RefuseCompressed(HttpRequest request) => request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity"
        ? new Error(ErrorCode.UnsupportedMediaType, "Send the body uncompressed.", HeaderNames.ContentEncoding)
        : null;

    /// <summary>Reads to the end, or until there is more than the limit.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        var body = new RequestBody();
        try
        {
            body.Grow((int)Math.Min(request.ContentLength + 1 ?? FirstBytes, maxBytes + 1));
            int read;
            while ((read = await request.Body.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken)) > 0)
            {
                body._length += read;
                if (body._length > maxBytes)
                {
                    return body;
                }

                if (body._length == body._buffer.Length)
                {
                    body.Grow(body._length * 2);
                }
            }

            body.IsWhole = true;
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Return();
        _buffer = [];
        _length = 0;
    }

    public static bool IsJson(string? contentType)
    {
        if (contentType is "application/json")
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length);
        Bytes.CopyTo(larger);
        Return();
        _buffer = larger;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            Array.Clear(_buffer, 0, _length);
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
