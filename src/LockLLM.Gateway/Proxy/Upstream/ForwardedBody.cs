using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>A request body on its way to the provider: bytes in memory, the caller's own as they arrive, or the one and then the other.</summary>
internal sealed class ForwardedBody : HttpContent
{
    private readonly ReadOnlyMemory<byte>? _bytes;
    private readonly bool _goesOn;
    private readonly HttpRequest _request;
    private Task _sending = Task.CompletedTask;
    private CancellationTokenSource? _stop;
    private bool _isPassedOn;

    /// <param name="goesOn">Whether the rest of the request's own body follows the bytes.</param>
    public ForwardedBody(ReadOnlyMemory<byte>? bytes, bool goesOn, HttpRequest request) => (_bytes, _goesOn, _request) = (bytes, goesOn || bytes is null, request);

    /// <summary>Whether the request has a body, be it an empty one whose length was not announced.</summary>
    public static bool IsIn(HttpRequest request) =>
        request.ContentLength != 0 && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>Whether it can be sent a second time.</summary>
    public bool IsRepeatable => !_goesOn;

    /// <summary>What went wrong while reading from the caller, if anything did.</summary>
    public Exception? CallerFault { get; private set; }

    /// <summary>Ends the sending if it has not ended: over HTTP/2 a provider may answer before it was sent everything. Nobody reads the bytes any more once this returns.</summary>
    public ValueTask StopAsync() => _sending.IsCompleted ? ValueTask.CompletedTask : new ValueTask(EndAsync());

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            // HTTP/2 leaves the end of the sending to the two sides.
            _stop = new CancellationTokenSource();
            cancellationToken = _stop.Token;
        }

        return _sending = _goesOn ? PassOnAsync(stream, cancellationToken) : stream.WriteAsync(_bytes!.Value, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _goesOn ? _request.ContentLength ?? 0 : _bytes!.Value.Length;
        return !_goesOn || _request.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task EndAsync()
    {
        if (_stop is { } stop)
        {
            await stop.CancelAsync();
        }

        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PassOnAsync(Stream stream, CancellationToken cancellationToken)
    {
        // A connection may ask for it again; what the caller sent is gone by then.
        if (_isPassedOn)
        {
            throw new IOException("The caller's own body can be sent once.");
        }

        _isPassedOn = true;
        if (_bytes is { } first)
        {
            await stream.WriteAsync(first, cancellationToken);
        }

        var reader = _request.BodyReader;
        while (true)
        {
            System.IO.Pipelines.ReadResult read;
            try
            {
                read = await reader.ReadAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or BadHttpRequestException)
            {
                CallerFault = fault;
                throw;
            }

            foreach (var part in read.Buffer)
            {
                await stream.WriteAsync(part, cancellationToken);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }

            await stream.FlushAsync(cancellationToken);
        }
    }
}
